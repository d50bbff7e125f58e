import {ask} from './api.js';
import {confirmed} from './confirm.js';
import {element, list, offer, setState, setText, table} from './element.js';
import {explained} from './explanation.js';
import {count} from './format.js';

const STATES = {on: 'good', stopped: 'warn', off: 'idle'};

const WHAT_A_STOP_DOES = 'Its events will be skipped and acknowledged: it does not get them later.';
const UNTIL_WHEN = 'Until you start it again, or the bundle restarts. Then it is as configured.';

const SAMPLE = {
    type: 'identify',
    messageId: 'test-1',
    timestamp: new Date().toISOString(),
    userId: 'user-1',
    context: {personas: {computation_class: 'audience', computation_id: 'aud_vip', computation_key: 'vip_customers'}},
    traits: {email: 'ada@example.com', vip_customers: true},
};

/**
 * @param refresh asks for the status at once
 * @return shows a status of the bundle
 */
export function mappings(refresh) {
    const test = testBox();
    const {node, body, row} = table('Mappings',
        ['*Mapping', 'State', 'Trigger', 'Destination', '#Mapped', '#Skipped', '#Rejected', '']);
    document.getElementById('mapping-list').append(node);
    const switchesOff = document.getElementById('switches-off');
    let actions = false;

    const show = list(body, mapping => mapping.id, mapping => {
        const toggle = element('button',
            {type: 'button', class: 'switch', role: 'switch', 'aria-label': `Mapping ${mapping.id}`, on: {click: turn}});
        const state = element('span');
        const trouble = element('div', {class: 'differs', role: 'alert'});
        const counts = ['mapped', 'skipped', 'rejected'].map(name => [name, element('span')]);
        let current = mapping;
        const cells = row([
            element('strong', {}, mapping.id),
            [element('span', {class: 'toggle'}, toggle, state), trouble],
            element('code', {}, mapping.trigger),
            mapping.destination,
            ...counts.map(([, cell]) => cell),
            element('button',
                {type: 'button', class: 'small', 'aria-label': `Test mapping ${mapping.id}`, on: {click: () => test(mapping.id)}},
                'Test'),
        ]);

        async function turn() {
            const enabled = current.state !== 'on';
            setText(trouble, '');
            if (!enabled && !await confirmed(`Stop the mapping ${mapping.id}?`, WHAT_A_STOP_DOES, UNTIL_WHEN, 'Stop it')) {
                return;
            }
            try {
                await ask(`mappings/${encodeURIComponent(mapping.id)}`, {body: JSON.stringify({enabled})});
                await refresh();
            } catch (e) {
                setText(trouble, e.message);
            }
        }

        return {
            node: cells,
            update(mapping) {
                current = mapping;
                toggle.setAttribute('aria-checked', mapping.state === 'on');
                toggle.disabled = !actions;
                toggle.title = actions ? '' : 'Needs audiences.console.actions=on';
                setState(state, STATES[mapping.state], mapping.state);
                counts.forEach(([name, cell]) => setText(cell, count(mapping[name])));
            },
        };
    });

    return status => {
        actions = status.actions;
        switchesOff.hidden = actions;
        test.choices(status.mappings.map(mapping => mapping.id));
        show(status.mappings);
    };
}

/** Asks what would become of an event. */
function testBox() {
    const event = document.getElementById('test-event');
    const choice = document.getElementById('test-mapping');
    const result = document.getElementById('test-result');
    const heading = document.getElementById('test-answer');
    const submit = document.querySelector('#test [type=submit]');
    let answer = null;

    document.getElementById('test').addEventListener('submit', async submitted => {
        submitted.preventDefault();
        submit.disabled = true;
        try {
            answer = await ask('explain', {body: event.value, exact: true});
            show();
        } catch (e) {
            answer = null;
            result.replaceChildren(element('p', {class: 'notice bad'}, e.message));
        }
        submit.disabled = false;
        heading.hidden = false;
        heading.focus();
    });
    document.getElementById('test-sample').addEventListener('click', () => {
        event.value = JSON.stringify(SAMPLE, null, 2);
        event.setSelectionRange(0, 0);
        event.focus();
    });
    choice.addEventListener('change', () => answer && show());

    function show() {
        result.replaceChildren(...explained(answer, choice.value || null));
    }

    function open(mapping) {
        choice.value = mapping;
        answer && show();
        event.scrollIntoView({block: 'center'});
        event.focus();
    }

    open.choices = ids => offer(choice, ids);
    return open;
}
