import {element, setText, svg} from './element.js';
import {rate} from './format.js';

const SPAN_MS = 5 * 60_000;
const WIDTH = 300;
const HEIGHT = 100;
const GRID = `M0 0H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT}H${WIDTH}`;

/**
 * A graph of events a second over the last five minutes, which the page remembers itself.
 *
 * @return its element, and a function that adds a value, or null where there is none
 */
export function graph() {
    const points = [];
    const area = svg('path', {class: 'area'});
    const line = svg('path', {class: 'line', 'vector-effect': 'non-scaling-stroke'});
    const most = element('span', {class: 'most'});
    const picture = svg('svg',
            {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': 'No events yet'},
            svg('path', {class: 'grid', 'vector-effect': 'non-scaling-stroke', d: GRID}),
            area, line);
    const node = element('div', {class: 'graph'}, most, picture,
            element('div', {class: 'axis', 'aria-hidden': 'true'},
                element('span', {}, '5 min ago'), element('span', {}, 'now')));

    function add(at, value) {
        points.push({at, value});
        while (points[0].at < at - SPAN_MS) {
            points.shift();
        }
        const top = ceiling(Math.max(...points.map(point => point.value ?? 0)));
        const shape = drawn(at, top);
        area.setAttribute('d', shape.area);
        line.setAttribute('d', shape.line);
        setText(most, `${rate(top)}/s`);
        const peak = Math.max(...points.map(point => point.value ?? 0));
        picture.setAttribute('aria-label',
                `Events a second over the last five minutes: ${rate(value ?? 0)} now, ${rate(peak)} at most`);
    }

    /** One piece for each stretch without a gap. */
    function drawn(now, top) {
        let line = '';
        let area = '';
        let open = null;
        const close = () => {
            area += open === null ? '' : `V${HEIGHT}H${open}Z`;
            open = null;
        };
        for (const {at, value} of points) {
            const x = (WIDTH * (1 - (now - at) / SPAN_MS)).toFixed(1);
            if (value === null) {
                close();
                continue;
            }
            const y = (HEIGHT * (1 - value / top)).toFixed(1);
            line += `${open === null ? 'M' : 'L'}${x} ${y}`;
            area += open === null ? `M${x} ${y}` : `L${x} ${y}`;
            open ??= x;
        }
        close();
        return {line, area};
    }

    return {node, add};
}

/** The next of 1, 2, 5, 10, 20 … */
function ceiling(value) {
    if (value <= 1) {
        return 1;
    }
    const power = 10 ** Math.floor(Math.log10(value));
    return power * [1, 2, 5, 10].find(step => value <= step * power);
}
