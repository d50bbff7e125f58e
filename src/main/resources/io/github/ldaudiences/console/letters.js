import {ask} from './api.js';
import {confirmed} from './confirm.js';
import {element, offer, setText} from './element.js';
import {count as numberOf, plural, time} from './format.js';

const FILTERS = ['text', 'mapping', 'code', 'audience'];
const TIMES = ['from', 'to'];

const WHAT_REPLAY_DOES = 'Each goes to the mapping that rejected it, as that is configured now. It overwrites no newer state that'
    + ' is known. The dead letters stay where they are; an event that is rejected again becomes a new one.';

/** A page of the answer may be empty although there are older letters. */
const MOST_EMPTY_PAGES = 20;

/** @return shows a status of the bundle, and searches when the view is opened */
export function letters() {
    const filters = document.getElementById('letter-filters');
    const mappings = document.getElementById('letter-mapping');
    const byCode = document.getElementById('letters-by-code');
    const replayChosen = document.getElementById('replay-chosen');
    const found = document.getElementById('letters-found');
    const trouble = document.getElementById('letters-trouble');
    const replayed = document.getElementById('replayed');
    const older = document.getElementById('older-letters');
    const all = document.getElementById('choose-all');
    const place = document.getElementById('letters');
    const boxes = new Map();
    let actions = false;
    let next = null;
    let searches = 0;
    let sums = 0;

    all.addEventListener('change', chooseAll);
    filters.addEventListener('submit', submitted => {
        submitted.preventDefault();
        search();
    });
    filters.addEventListener('reset', () => setTimeout(search));
    older.addEventListener('click', () => load(next));
    replayChosen.addEventListener('click', () => replay(chosen()));

    function search() {
        boxes.clear();
        place.replaceChildren();
        sum();
        return load(null);
    }

    function selection() {
        const query = new URLSearchParams();
        const add = (name, value) => value && query.set(name, value);
        FILTERS.forEach(name => add(name, filters.elements[name].value.trim()));
        TIMES.forEach(name => add(name, instant(filters.elements[name].value)));
        return query;
    }

    async function load(after) {
        const own = ++searches;
        const query = selection();
        const before = boxes.size;
        trouble.hidden = true;
        setText(found, 'Searching …');
        try {
            for (let pages = 0; pages < MOST_EMPTY_PAGES && boxes.size === before; pages++) {
                if (after) {
                    query.set('after', after);
                }
                const answer = await ask(`dead-letters${query.size > 0 ? `?${query}` : ''}`);
                if (own !== searches) {
                    return; // another search has begun
                }
                place.append(...answer.letters.map(shown));
                after = next = answer.after;
                if (!after) {
                    break;
                }
            }
        } catch (e) {
            fail(e);
            next = null;
        }
        older.hidden = !next;
        all.parentElement.hidden = boxes.size === 0;
        setText(found, boxes.size > 0
            ? `${plural(boxes.size, 'dead letter')}${next ? ', and older ones' : ''}.`
            : next ? 'Nothing found so far.' : trouble.hidden ? 'No dead letters found.' : '');
        count();
    }

    /** What there is, by mapping and code: each a way to search. */
    async function sum() {
        const own = ++sums;
        let summary;
        try {
            summary = await ask('dead-letters/summary');
        } catch {
            return; // the search says why
        }
        if (own !== sums) {
            return;
        }
        const codes = new Map();
        summary.byMappingAndCode.forEach(({code, letters}) => codes.set(code, (codes.get(code) ?? 0) + letters));
        byCode.replaceChildren(...[...codes].filter(([code]) => code !== null).sort((one, other) => other[1] - one[1])
            .map(([code, letters]) => element('button', {type: 'button', class: 'small', on: {click: () => choose(code)}},
                element('code', {}, code), ` ${numberOf(letters)}`)));
        offer(document.getElementById('letter-codes'), [...codes.keys()].filter(code => code !== null));
    }

    function choose(code) {
        filters.elements.code.value = code;
        search();
    }

    function fail(e) {
        setText(trouble, e.message);
        trouble.hidden = false;
    }

    /** A line or two, and everything about the letter when it is unfolded. */
    function shown(letter) {
        const label = `Choose the letter of ${time(letter.time)}`;
        const box = element('input', {type: 'checkbox', 'aria-label': label, on: {change: count}});
        const all = element('div', {class: 'letter'}, 'Loading …');
        const audience = letter.audienceKey ?? letter.audienceId;
        const beside = [letter.mapping, audience, letter.messageId, letter.replayOf && 'sent again before'];
        const details = element('details', {on: {toggle: unfold}},
            element('summary', {},
                element('time', {datetime: letter.time}, time(letter.time)), ' ',
                element('code', {class: 'tag'}, letter.code), ' ',
                letter.reason,
                element('span', {class: 'beside'}, beside.filter(name => name).map(name => element('span', {}, name)))),
            all);
        let asked = false;
        // Of an older version of the bundle, a letter may have no id.
        box.disabled = !letter.id;
        boxes.set(letter.id ?? box, box);

        async function unfold() {
            if (!details.open || asked) {
                return;
            }
            asked = true;
            try {
                all.replaceChildren(...whole(await ask(`dead-letters/${encodeURIComponent(letter.id)}`, {exact: true})));
            } catch (e) {
                asked = false;
                all.replaceChildren(element('p', {class: 'notice bad'}, e.message));
            }
        }

        return element('li', {}, box, details);
    }

    function whole(letter) {
        const facts = Object.entries(letter)
            .filter(([name, value]) => value !== null && !['event', 'text', 'base64', 'reason'].includes(name));
        const original = 'event' in letter
            ? JSON.stringify(letter.event, null, 2)
            : letter.text ?? letter.base64 ?? 'It was left out.';
        const inWords = value => typeof value === 'object' ? JSON.stringify(value) : String(value);
        return [
            element('dl', {class: 'facts'}, facts.map(([name, value]) =>
                element('div', {}, element('dt', {}, name), element('dd', {}, inWords(value))))),
            element('pre', {tabindex: '0', 'aria-label': 'Original event'}, original),
            element('button', {type: 'button', disabled: !actions, on: {click: () => replay([letter.id])}},
                'Replay this one'),
        ];
    }

    function chosen() {
        return [...boxes].filter(([, box]) => box.checked).map(([id]) => id);
    }

    function chooseAll() {
        boxes.forEach(box => {
            box.checked = all.checked && !box.disabled;
        });
        count();
    }

    function count() {
        const number = chosen().length;
        replayChosen.disabled = !actions || number === 0;
        setText(replayChosen, number === 0 ? 'Replay' : `Replay ${number}`);
        all.checked = number > 0 && number === boxes.size;
        all.indeterminate = number > 0 && number < boxes.size;
    }

    async function replay(ids) {
        const what = `${plural(ids.length, 'event')} will be sent again.`;
        if (!await confirmed('Send these events again?', what, WHAT_REPLAY_DOES, 'Replay')) {
            return;
        }
        replayed.hidden = false;
        setText(replayed, `Sending ${plural(ids.length, 'event')} …`);
        trouble.hidden = true;
        try {
            const answer = await ask('dead-letters/replay', {body: JSON.stringify({ids})});
            const outcomes = ['delivered', 'skipped', 'rejected'].map(name => `${answer[name]} ${name}`).join(', ');
            setText(replayed, `${plural(ids.length, 'event')} sent again: ${outcomes}.`);
            await search();
        } catch (e) {
            replayed.hidden = true;
            fail(e);
        }
    }

    return {
        search,
        show(status) {
            actions = status.actions;
            document.getElementById('replay-off').hidden = actions;
            offer(mappings, status.mappings.map(({id}) => id));
            count();
        },
    };
}

/** What is typed is local time. */
function instant(local) {
    return local && new Date(local).toISOString();
}
