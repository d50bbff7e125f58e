import {ask} from './api.js';
import {element, setText, table} from './element.js';
import {count, plural} from './format.js';

/** @return shows the segments that the sandbox has now */
export function sandbox() {
    const search = document.getElementById('sandbox-member');
    const none = document.getElementById('no-segments');
    const place = document.getElementById('segments');
    let shown = '';
    let asked = 0;
    search.addEventListener('input', () => refresh());

    async function refresh() {
        const own = ++asked;
        const member = search.value.trim();
        const answer = await ask(member ? `sandbox?member=${encodeURIComponent(member)}` : 'sandbox');
        const text = JSON.stringify(answer);
        if (own !== asked || text === shown) {
            return;
        }
        shown = text;
        const empty = member ? `No segment knows ${member}.` : 'There is no segment yet. Send an event.';
        setText(none, answer.segments.length > 0 ? '' : empty);
        place.replaceChildren(...answer.segments.length > 0 ? [segments(answer.segments)] : []);
    }
    return refresh;
}

function segments(all) {
    const {node, body, row} = table('Segments',
        ['*Segment', 'Environment', 'Context kind', '#In', '#Taken out', 'In it', 'Taken out of it']);
    body.append(...all.map(segment => row([
        [element('strong', {}, segment.cohortName), element('div', {class: 'faint'}, segment.cohortId)],
        segment.environmentId,
        segment.contextKind,
        count(segment.includedCount),
        count(segment.excludedCount),
        members(segment.included, segment.includedCount),
        members(segment.excluded, segment.excludedCount),
    ])));
    return node;
}

function members(keys, all) {
    if (all === 0) {
        return null;
    }
    const rest = all - keys.length;
    return element('div', {class: 'keys'}, keys.map(key => element('code', {}, key)),
        rest > 0 && element('span', {class: 'faint'}, `and ${plural(rest, 'other')}`));
}
