package io.github.ldaudiences.batch;

/** States of before cannot be looked up, and events must stay with their source until they can. */
public final class StatesUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param message why, for the sender of an event */
    public StatesUnavailableException(String message) {
        super(message, null, false, false);
    }
}
