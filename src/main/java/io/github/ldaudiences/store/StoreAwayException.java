package io.github.ldaudiences.store;

/** The store is unavailable. The message is a sentence without its full stop. */
public final class StoreAwayException extends Exception {

    private static final long serialVersionUID = 1L;

    StoreAwayException(String message) {
        super(message, null, false, false);
    }
}
