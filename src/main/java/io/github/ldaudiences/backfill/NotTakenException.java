package io.github.ldaudiences.backfill;

/** Nobody takes the events until somebody mends something. The message is a sentence that says what. */
final class NotTakenException extends Exception {

    private static final long serialVersionUID = 1L;

    NotTakenException(String message) {
        super(message);
    }
}
