package io.github.ldaudiences.event;

/** A body holds more events than one inbound exchange may carry. */
public final class TooManyEventsException extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param limit the most events that one body may hold */
    public TooManyEventsException(int limit) {
        super("The body holds more than " + limit + " events.", null, false, false);
    }
}
