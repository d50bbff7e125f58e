package io.github.ldaudiences.event;

/** Nothing in a body could be read as an event. The message is written for the sender. */
public final class UnreadableBodyException extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param message what is wrong with the body */
    public UnreadableBodyException(String message) {
        super(message, null, false, false);
    }
}
