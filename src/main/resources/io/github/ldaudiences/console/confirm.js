import {setText} from './element.js';

/**
 * Asks before something is done.
 *
 * @param title the question
 * @param what what will happen, and to what
 * @param hint what else to know
 * @param action what the button says that does it
 * @return whether it is to be done
 */
export function confirmed(title, what, hint, action) {
    const dialog = document.getElementById('confirm');
    setText(document.getElementById('confirm-title'), title);
    setText(document.getElementById('confirm-what'), what);
    setText(document.getElementById('confirm-hint'), hint);
    setText(document.getElementById('confirm-do'), action);
    dialog.returnValue = '';
    dialog.showModal();
    document.getElementById('confirm-cancel').focus();
    return new Promise(resolve =>
        dialog.addEventListener('close', () => resolve(dialog.returnValue === 'do'), {once: true}));
}
