const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const oneDigit = new Intl.NumberFormat('en', {minimumFractionDigits: 1, maximumFractionDigits: 1});
const timeOfDay = new Intl.DateTimeFormat('en-GB', {timeStyle: 'medium'});
const dateAndTime = new Intl.DateTimeFormat('en-GB', {dateStyle: 'medium', timeStyle: 'medium'});

/** 12,345 */
export function count(value) {
    return whole.format(value);
}

/** Seconds of a unit, its name, and the same of the unit that is shown beside it. */
const UNITS = [
    [86400, 'd', 3600, 'h'],
    [3600, 'h', 60, 'min'],
    [60, 'min', 1, 's'],
    [1, 's', 1, 's'],
];

/** A rate: 0, 0.4, 128 */
export function rate(value) {
    return value === 0 || value >= 10 ? whole.format(value) : oneDigit.format(value);
}

/** 850 ms, 4.2 s, 3 min 20 s, 5 h 2 min, 3 d 4 h */
export function duration(seconds) {
    if (seconds < 0.0005) {
        return '0 s';
    } else if (seconds < 1) {
        return `${whole.format(seconds * 1000)} ms`;
    } else if (seconds < 10) {
        return `${oneDigit.format(seconds)} s`;
    }
    const [size, name, smallerSize, smallerName] = UNITS.find(([size]) => seconds >= size);
    const smaller = Math.floor(seconds % size / smallerSize);
    return `${Math.floor(seconds / size)} ${name}${smaller ? ` ${smaller} ${smallerName}` : ''}`;
}

/** 512 B, 4.2 kB, 12 MB */
export function bytes(value) {
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let size = value;
    let unit = 0;
    while (size >= 999.5 && unit < units.length - 1) {
        size /= 1000;
        unit++;
    }
    return `${unit > 0 && size < 10 ? oneDigit.format(size) : whole.format(size)} ${units[unit]}`;
}

/** A time of today without its date, any other with it; in the reader's time zone. */
export function time(instant) {
    const date = new Date(instant);
    return date.toDateString() === new Date().toDateString() ? timeOfDay.format(date) : dateAndTime.format(date);
}

/** 1 event, 3 events */
export function plural(number, noun) {
    return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}
