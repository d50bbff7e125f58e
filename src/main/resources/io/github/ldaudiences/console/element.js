const SVG = 'http://www.w3.org/2000/svg';

/**
 * Makes an HTML element. Strings only ever become text and attribute values: nothing is read as HTML.
 *
 * @param tag name of the element
 * @param props attributes; true sets an empty one, false and null set none; "on" holds listeners by event
 * @param children elements and text; null and false are left out
 */
export function element(tag, props = {}, ...children) {
    return fill(document.createElement(tag), props, children);
}

/** Makes an SVG element in the same way. */
export function svg(tag, props = {}, ...children) {
    return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(node, props, children) {
    for (const [name, value] of Object.entries(props)) {
        if (name === 'on') {
            Object.entries(value).forEach(([event, listener]) => node.addEventListener(event, listener));
        } else if (value !== false && value != null) {
            node.setAttribute(name, value === true ? '' : value);
        }
    }
    node.append(...children.flat().filter(child => child != null && child !== false));
    return node;
}

/** Sets text only where it has changed, so that a selection stays and live regions stay quiet. */
export function setText(node, text) {
    const value = String(text);
    if (node.textContent !== value) {
        node.textContent = value;
    }
}

/** Sets a class by which the style sheet shows a state, and its words. */
export function setState(node, state, words) {
    node.className = `state ${state}`;
    setText(node, words);
}

/** Offers values to choose from, behind the options that have none. What is chosen stays so. */
export function offer(select, values) {
    const fixed = [...select.children].filter(option => option.value === '');
    const offered = [...select.children].slice(fixed.length).map(option => option.value);
    if (offered.join('\n') !== values.join('\n')) {
        const chosen = select.value;
        select.replaceChildren(...fixed, ...values.map(value => element('option', {value}, value)));
        if (values.includes(chosen)) {
            select.value = chosen;
        }
    }
}

/**
 * Shows a list whose items come and go. Items that stay keep their elements, and with them focus and what is unfolded.
 *
 * @param parent holds the elements, and nothing else
 * @param keyOf tells what item it is
 * @param make returns an element for an item, and how to update it
 * @return shows a list of items
 */
export function list(parent, keyOf, make) {
    const shown = new Map();
    return items => {
        const keys = new Set(items.map(keyOf));
        for (const [key, entry] of shown) {
            if (!keys.has(key)) {
                entry.node.remove();
                shown.delete(key);
            }
        }
        items.forEach((item, index) => {
            const key = keyOf(item);
            if (!shown.has(key)) {
                shown.set(key, make(item));
            }
            const entry = shown.get(key);
            entry.update(item);
            if (parent.children[index] !== entry.node) {
                parent.insertBefore(entry.node, parent.children[index] ?? null);
            }
        });
    };
}

/**
 * Makes a table that becomes a list of blocks on a narrow screen. The roles keep it a table for screen readers there.
 *
 * @param caption what it holds, for screen readers
 * @param columns headings; # before one says that the column holds numbers, * that it holds names
 * @return the table, its body, and a function that makes a row of cells
 */
export function table(caption, columns) {
    const headings = columns.map(column => ({
        text: column.replace(/^[#*]/, ''),
        kind: {'#': 'number', '*': 'name'}[column[0]],
    }));
    const body = element('tbody', {role: 'rowgroup'});
    const node = element('table', {role: 'table'},
        element('caption', {class: 'unseen'}, caption),
        element('thead', {role: 'rowgroup'}, element('tr', {role: 'row'}, headings.map(({text, kind}) =>
            element('th', {scope: 'col', role: 'columnheader', class: kind}, text)))),
        body);
    const row = cells => element('tr', {role: 'row'}, cells.map((cell, index) =>
        element('td', {role: 'cell', 'data-label': headings[index].text, class: headings[index].kind},
            element('div', {}, cell))));
    return {node, body, row};
}
