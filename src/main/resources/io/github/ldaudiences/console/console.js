import {ask, isLoggedIn, logIn} from './api.js';
import {setState, setText} from './element.js';
import {time} from './format.js';
import {letters} from './letters.js';
import {mappings} from './mappings.js';
import {overview} from './overview.js';
import {sandbox} from './sandbox.js';

const POLL_MS = 2000;
const VIEWS = ['overview', 'mappings', 'dead-letters', 'sandbox'];

const connection = document.getElementById('connection');
const updated = document.getElementById('updated');
const trouble = document.getElementById('trouble');
const showOverview = overview();
const showMappings = mappings(poll);
const deadLetters = letters();
const showSandbox = sandbox();
let view = null;
let timer = null;
let polls = 0;

/** Asks for the status, shows it, and comes again as long as somebody looks. */
async function poll() {
    const own = ++polls;
    clearTimeout(timer);
    try {
        const status = await ask('status');
        if (own !== polls) {
            return; // another has begun meanwhile
        }
        showStatus(status);
        if (view === 'sandbox') {
            await showSandbox();
        }
        setState(connection, 'good', 'Live');
        setText(updated, time(Date.now()));
        trouble.hidden = true;
    } catch (e) {
        if (e.status === 401) {
            logInWanted(e);
            return;
        }
        setState(connection, 'bad', e.status === 0 ? 'No answer' : 'Trouble');
        setText(trouble, `${e.message} What you see is out of date. The page asks again every two seconds.`);
        trouble.hidden = false;
    }
    if (own === polls && !document.hidden) {
        timer = setTimeout(poll, POLL_MS);
    }
}

function showStatus(status) {
    showOverview(status);
    showMappings(status);
    deadLetters.show(status);
    document.querySelector('nav a[href="#sandbox"]').hidden = !status.sandbox;
    const where = document.getElementById('where');
    where.hidden = !status.sandbox;
    setText(where, 'Sandbox');
}

/** The browser itself has asked for a user and a password, if they are taken. A token is asked for here. */
function logInWanted({takesToken}) {
    const dialog = document.getElementById('log-in');
    setState(connection, 'idle', 'Not logged in');
    if (!takesToken) {
        setText(trouble, 'The console needs a user name and a password. Reload the page to be asked for them.');
        trouble.hidden = false;
    }
    if (!takesToken || dialog.open) {
        return;
    }
    const problem = document.getElementById('log-in-trouble');
    const secret = document.getElementById('log-in-secret');
    problem.hidden = !isLoggedIn();
    setText(problem, 'This token is not valid.');
    dialog.addEventListener('close', () => {
        logIn(secret.value);
        secret.value = '';
        poll();
    }, {once: true});
    dialog.showModal();
}

function openView() {
    const wanted = location.hash.slice(1);
    const opened = VIEWS.includes(wanted) ? wanted : 'overview';
    VIEWS.forEach(name => {
        document.getElementById(name).hidden = name !== opened;
    });
    document.querySelectorAll('nav a').forEach(link => {
        if (link.hash === `#${opened}`) {
            link.setAttribute('aria-current', 'page');
        } else {
            link.removeAttribute('aria-current');
        }
    });
    const changed = view !== null && view !== opened;
    view = opened;
    document.title = `${document.querySelector(`#${opened} h2`).textContent} – LaunchDarkly Audiences`;
    if (changed) {
        scrollTo(0, 0);
        document.querySelector(`#${opened} h2`).focus();
    }
    if (opened === 'dead-letters') {
        deadLetters.search();
    } else if (opened === 'sandbox') {
        poll();
    }
}

document.addEventListener('visibilitychange', () => document.hidden ? clearTimeout(timer) : poll());
addEventListener('hashchange', openView);
openView();
poll();
