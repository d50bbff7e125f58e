package io.github.ldaudiences.batch;

/** Earlier states cannot be looked up, and events must stay with their sources until they can. */
public final class StatesUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param message the reason, for the sender of an event */
    public StatesUnavailableException(String message) {
        super(message, null, false, false);
    }
}
