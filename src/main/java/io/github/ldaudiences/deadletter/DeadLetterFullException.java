package io.github.ldaudiences.deadletter;

/** The folder of the dead letter has reached its limit. Nothing in it is ever deleted to make room. */
final class DeadLetterFullException extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param message what is full, and what to do */
    DeadLetterFullException(String message) {
        super(message, null, false, false);
    }
}
