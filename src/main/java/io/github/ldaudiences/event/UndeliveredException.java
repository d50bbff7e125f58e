package io.github.ldaudiences.event;

/** An event could be neither delivered nor dead-lettered for now, so its source must keep it. */
public final class UndeliveredException extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param message why, without secrets */
    public UndeliveredException(String message) {
        super(message, null, false, false);
    }
}
