package io.github.ldaudiences.delivery;

/** Every source of a batch has given up on it and will send its events again, so the batch is not sent. */
public final class NobodyWaitsException extends Exception {

    private static final long serialVersionUID = 1L;

    NobodyWaitsException() {
        super("the deadline of every event in it has passed", null, false, false);
    }
}
