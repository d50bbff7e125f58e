const TOKEN = 'audiences-console-token';
const TIMEOUT_MS = 15_000;

/** Why a request has no good answer. Status 0: the bundle did not answer at all. */
export class Failed extends Error {
    constructor(status, message, takesToken = false) {
        super(message);
        this.status = status;
        this.takesToken = takesToken;
    }
}

/** Keeps what proves who asks, for as long as the tab is open. */
export function logIn(token) {
    sessionStorage.setItem(TOKEN, token);
}

/** Whether there is something that proves it, good or not. */
export function isLoggedIn() {
    return Boolean(sessionStorage.getItem(TOKEN));
}

/**
 * @param path below /console/api/
 * @param options body and its content type for a POST; exact keeps numbers that are only shown as they are written
 * @return the JSON of the answer
 * @throws Failed if there is none, or if it says what is wrong
 */
export async function ask(path, {body = null, type = 'application/json', exact = false} = {}) {
    const headers = {};
    if (isLoggedIn()) {
        headers.Authorization = `Bearer ${sessionStorage.getItem(TOKEN)}`;
    }
    if (body !== null) {
        headers['Content-Type'] = type;
    }
    let response;
    let answer;
    try {
        response = await fetch(`api/${path}`, {
            method: body === null ? 'GET' : 'POST',
            headers,
            body,
            cache: 'no-store',
            signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        answer = await response.text();
    } catch (e) {
        throw new Failed(0, e.name === 'TimeoutError'
            ? 'The bundle has not answered in time.'
            : 'The bundle does not answer: it may be stopped, or the network is down.');
    }
    const json = parsed(answer, exact);
    if (!response.ok) {
        throw new Failed(response.status, json?.error ?? `The bundle answered with status ${response.status}.`,
            /\bBearer\b/i.test(response.headers.get('WWW-Authenticate')));
    }
    if (json === null) {
        throw new Failed(response.status, 'The answer is not JSON, so it is not from the bundle.');
    }
    return json;
}

function parsed(text, exact) {
    try {
        return JSON.parse(text, exact ? asWritten : undefined);
    } catch {
        return null;
    }
}

/** Long numbers lose digits in JavaScript. Older browsers cannot tell how they were written. */
function asWritten(key, value, context) {
    return typeof value === 'number' && context && JSON.rawJSON && String(value) !== context.source
        ? JSON.rawJSON(context.source)
        : value;
}
