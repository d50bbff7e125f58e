import {element, table} from './element.js';
import {plural} from './format.js';

const STATES = {delivered: 'good', skipped: 'idle', rejected: 'bad'};
const MOST_CHANGES = 20;

/**
 * Shows what explain says of events.
 *
 * @param explanation the answer of explain
 * @param mapping id of the mapping that is asked for, or null for all of them
 */
export function explained(explanation, mapping) {
    return explanation.events.map(event => element('article', {class: 'card'},
        element('h4', {},
            `Event ${event.index} `,
            event.messageId && element('span', {class: 'faint'}, `${event.messageId} `),
            outcome(event.outcome)),
        event.reason && element('p', {class: `becomes ${STATES[event.outcome]}`}, event.reason),
        (event.mappings ?? [])
            .filter(each => mapping === null || each.mapping === mapping)
            .map(each => ofMapping(each, event))));
}

function outcome(name) {
    return element('span', {class: `state ${STATES[name]}`}, name);
}

function ofMapping(explained, event) {
    const open = explained.outcome !== 'skipped' || event.outcome === 'skipped';
    return element('details', {open},
        element('summary', {},
            element('strong', {}, explained.mapping),
            explained.status === 'on' ? ' ' : ` (${explained.status}) `,
            outcome(explained.outcome)),
        element('p', {class: `becomes ${STATES[explained.outcome]}`}, explained.reason ?? changes(explained.requests)),
        steps(explained),
        (explained.requests ?? []).map(request));
}

/** What LaunchDarkly would be asked to do. */
function changes(requests) {
    const members = requests.flatMap(({body}) => body.batch);
    const sentences = members.slice(0, MOST_CHANGES).map(({userId, cohortName, value}) =>
        [value ? 'Add ' : 'Remove ', code(userId), value ? ' to ' : ' from ', element('strong', {}, cohortName), '. ']);
    const rest = members.length - sentences.length;
    return members.length === 0
        ? 'LaunchDarkly has all of it already.'
        : [...sentences.flat(), rest > 0 && `And ${plural(rest, 'other')}.`];
}

/** In the order in which the bundle decides. */
function steps(explained) {
    const {node, body, row} = table('Steps', ['*Step', 'Result', 'From']);
    node.classList.add('steps');
    const add = (step, result, from) => body.append(row([step, result, from ?? '']));
    const trigger = explained.trigger;
    add('Trigger', [matches(trigger), ' ', code(trigger.expression)]);
    trigger.comparisons.filter(() => trigger.comparisons.length > 1 || !trigger.matched).forEach(each =>
        add('', [matches(each), ' ', code(each.expression), ', found ', found(each)]));
    kind('Computation class', explained.computationClass);
    kind('Event of the sync mode', explained.syncMode);
    for (const [name, field] of Object.entries(explained.fields)) {
        add(code(name), found(field), [code(field.from === 'nothing' ? '' : field.from),
            field.configured === 'own' && element('span', {class: 'tag'}, 'configured')]);
    }
    if (explained.contextKey) {
        add('Context key', found(explained.contextKey), code(explained.contextKey.from));
    }
    if (explained.membership) {
        const decision = explained.membership.decision;
        add('Membership', [found(explained.membership), decision && ': ', decision && element('strong', {}, decision)],
                code(explained.membership.from));
    }
    if (explained.eventTime) {
        const {counts, clamped, from} = explained.eventTime;
        add('Event time', `${counts}${clamped ? ', because the event\u2019s own is too far ahead' : ''}`, code(from));
    }
    (explained.superseded ?? []).forEach(newer =>
        add('Superseded', [code(JSON.stringify(newer.userId)), ` is ${newer.value} since ${newer.eventTime}`]));
    (explained.repeats ?? []).forEach(repeat =>
        add('Repeat', [code(JSON.stringify(repeat)), ' needs no request: LaunchDarkly has it, or something newer, or is about to']));
    if (explained.requests) {
        const where = explained.sandbox ? ' of the embedded sandbox' : '';
        add('Destination', `${explained.destination}, environment ${explained.environmentId}${where}`);
    }
    return node;

    function kind(name, explained) {
        if (explained) {
            add(name, [matches(explained), ', found ', found(explained), `, wanted ${explained.wanted.join(' or ')}`]);
        }
    }
}

function request({method, url, headers, body}) {
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`).join('');
    return element('pre', {tabindex: '0', 'aria-label': 'Request to LaunchDarkly'},
        `${method} ${url}\n${head}\n${JSON.stringify(body, null, 2)}`);
}

function found(explained) {
    return 'value' in explained ? code(JSON.stringify(explained.value)) : explained.found ?? 'nothing';
}

function matches({matched}) {
    return element('span', {class: matched ? 'matches' : 'differs'}, matched ? 'matches' : 'does not match');
}

function code(text) {
    return text ? element('code', {}, text) : null;
}
