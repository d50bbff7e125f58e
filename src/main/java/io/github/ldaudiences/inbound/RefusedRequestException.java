package io.github.ldaudiences.inbound;

/** A request that is answered with an error, because of what the request is or because there is no room for it. */
public final class RefusedRequestException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * @param status HTTP status of the answer
     * @param message a sentence for the sender
     */
    public RefusedRequestException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** @return HTTP status of the answer */
    public int status() {
        return status;
    }
}
