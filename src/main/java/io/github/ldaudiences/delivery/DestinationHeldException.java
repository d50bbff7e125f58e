package io.github.ldaudiences.delivery;

/** The context stops while the destination is held, so waiting is pointless. */
public final class DestinationHeldException extends Exception {

    private static final long serialVersionUID = 1L;

    DestinationHeldException() {
        super("the destination is held", null, false, false);
    }
}
