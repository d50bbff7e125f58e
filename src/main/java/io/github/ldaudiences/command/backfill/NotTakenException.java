package io.github.ldaudiences.command.backfill;

/** Events are not accepted until somebody corrects something. The message is a sentence that says what. */
final class NotTakenException extends Exception {

    private static final long serialVersionUID = 1L;

    NotTakenException(String message) {
        super(message);
    }
}
