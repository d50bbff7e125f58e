import {element, list, setState, setText, table} from './element.js';
import {bytes, count, duration, plural, rate, time} from './format.js';
import {graph} from './graph.js';

const OUTCOMES = ['delivered', 'skipped', 'rejected', 'failed', 'enqueued'];
const STATES = {
    taking: ['good', 'takes requests'],
    failing: ['bad', 'fails'],
    held: ['bad', 'held'],
};

/** What lies further apart makes no rate. */
const LONGEST_MS = 10_000;

/** @return shows a status of the bundle */
export function overview() {
    const events = graph();
    document.getElementById('graph').append(events.node);
    const now = document.getElementById('events-a-second');
    const outcomes = figures('outcomes', OUTCOMES.map(name => [name, name[0].toUpperCase() + name.slice(1)]));
    const underWay = figures('under-way',
        [['events', 'Events'], ['age', 'Oldest event'], ['bytes', 'Memory'], ['lag', 'Kafka lag']]);
    const letters = figures('dead-letter', [['bytes', 'Size'], ['files', 'Files'], ['uri', 'Where', 'wide']]);
    const store = figures('store', [['kind', 'Kind'], ['pending', 'To be written']]);
    const process = figures('process',
        [['since', 'Running for'], ['version', 'Version'], ['camel', 'Camel'], ['inbounds', 'Events from']]);
    const destinations = destinationTable();
    const batches = batchTable();
    let before = null;

    return status => {
        const at = performance.now();
        if (before && at - before.at > LONGEST_MS) {
            before = null; // nobody has looked meanwhile
            events.add(Date.now(), null);
        }
        events.add(Date.now(), status.eventsPerSecond);
        setText(now, rate(status.eventsPerSecond));
        for (const name of OUTCOMES) {
            const each = increase(status.events[name], before?.events[name], at - before?.at);
            // Only a gateway enqueues.
            const shown = name !== 'enqueued' || status.events[name] > 0;
            outcomes(name, shown ? count(status.events[name]) : null, each ? `+${rate(each)}/s` : '');
        }
        before = {at, events: status.events};

        underWay('events', count(status.backlog.events), `of ${count(status.backlog.maxEvents)}`);
        underWay('age', duration(status.backlog.oldestEventAgeSeconds));
        underWay('bytes', bytes(status.backlog.bytes), `of ${bytes(status.backlog.maxBytes)}`);
        underWay('lag', status.kafkaLag === null ? null : count(status.kafkaLag));

        const {deadLetter} = status;
        letters('bytes',
            deadLetter.bytes === null ? null : bytes(deadLetter.bytes),
            deadLetter.maxBytes === null ? '' : `of ${bytes(deadLetter.maxBytes)}`);
        letters('files', deadLetter.files === null ? null : count(deadLetter.files));
        letters('uri', deadLetter.uri);
        problem('dead-letter-problem', deadLetter.problem);
        document.getElementById('store-card').hidden = !status.store;
        if (status.store) {
            store('kind', status.store.kind);
            store('pending', plural(status.store.pending, 'state'));
            problem('store-problem', status.store.problem);
        }
        process('since', duration((Date.parse(status.time) - Date.parse(status.since)) / 1000));
        process('version', status.version);
        process('camel', status.camelVersion);
        process('inbounds', status.inbounds.join(', '));
        destinations(status.destinations);
        batches(status.oldestBatches, status);
    };
}

/** Null where nothing can be said: at first, and when the bundle has been started anew. */
function increase(now, then, ms) {
    return then === undefined || now < then ? null : (now - then) * 1000 / ms;
}

function problem(id, sentence) {
    const node = document.getElementById(id);
    node.hidden = !sentence;
    setText(node, sentence ?? '');
}

/** @return shows a value and what stands beside it, in small; null hides it */
function figures(id, names) {
    const shown = new Map(names.map(([key, label, kind]) => {
        const value = element('span');
        const beside = element('span', {class: 'faint'});
        const node = element('div', {class: kind}, element('dt', {}, label), element('dd', {}, value, ' ', beside));
        document.getElementById(id).append(node);
        return [key, {node, value, beside}];
    }));
    return (key, value, beside = '') => {
        const figure = shown.get(key);
        figure.node.hidden = value === null;
        setText(figure.value, value);
        setText(figure.beside, beside);
    };
}

function destinationTable() {
    const {node, body, row} = table('Destinations', ['*Destination', '*State', '#Rate limit', 'Problem or last error']);
    document.getElementById('destinations').append(node);
    return list(body, destination => destination.id, destination => {
        const state = element('span', {role: 'status'});
        const since = element('div', {class: 'faint'});
        const left = element('span');
        const wait = element('div', {class: 'faint'});
        const error = element('span');
        const cells = row([
            [element('strong', {}, destination.id), element('div', {class: 'faint'}, destination.clientSideId)],
            [state, since],
            [left, wait],
            error,
        ]);
        return {
            node: cells,
            update(destination) {
                setState(state, ...STATES[destination.state]);
                setText(since, destination.since ? `since ${time(destination.since)}` : '');
                const {rateLimit} = destination;
                setText(left, rateLimit.left === null ? 'none known' : `${count(rateLimit.left)} left`);
                setText(wait, until(rateLimit));
                setText(error, destination.problem ?? lastError(destination));
            },
        };
    });
}

function lastError({lastError, lastErrorTime}) {
    return lastError ? `${time(lastErrorTime)}: ${lastError}` : 'none';
}

function until({waitingUntil, resetsAt}) {
    return waitingUntil ? `waits until ${time(waitingUntil)}` : resetsAt ? `until ${time(resetsAt)}` : '';
}

function batchTable() {
    const {node, body, row} = table('Batches under way',
        ['*Audience', 'Destination', 'State', '#Members', '#Attempts', '#Since']);
    const about = document.getElementById('batches-about');
    document.getElementById('batches').append(node);
    const show = list(body, batch => JSON.stringify([batch.destination, batch.contextKind, batch.audienceId]), batch => {
        const changing = ['state', 'members', 'attempts', 'since'].map(() => element('span'));
        const [state, members, attempts, since] = changing;
        const cells = row([
            [
                element('strong', {}, batch.audienceKey ?? batch.audienceId),
                element('div', {class: 'faint'}, `${batch.audienceId}, ${batch.contextKind}`),
            ],
            batch.destination,
            ...changing,
        ]);
        return {
            node: cells,
            update(batch) {
                setText(state, batch.state);
                setText(members, count(batch.members));
                setText(attempts, count(batch.attempts));
                setText(since, time(batch.since));
            },
        };
    });
    return (batches, status) => {
        const all = status.audiencesUnderWay;
        node.hidden = batches.length === 0;
        const more = all > batches.length ? `Of ${plural(all, 'audience')}, those that wait for the longest.` : '';
        setText(about, all === 0 ? 'Nothing is under way.' : more);
        about.hidden = !about.textContent;
        show(batches);
    };
}
