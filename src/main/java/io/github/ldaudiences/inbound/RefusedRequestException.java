package io.github.ldaudiences.inbound;

import java.util.Set;
import java.util.TreeSet;

/** A request that is answered with an error, because of what the request is or because there is no room for it. */
public final class RefusedRequestException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String allow;

    /**
     * @param status HTTP status of the answer
     * @param message a sentence for the sender
     */
    public RefusedRequestException(int status, String message) {
        this(status, message, null);
    }

    private RefusedRequestException(int status, String message, String allow) {
        super(message, null, false, false);
        this.status = status;
        this.allow = allow;
    }

    /**
     * @param methods the methods that are taken where the request was sent
     * @return 405, with the methods
     */
    static RefusedRequestException methodNotAllowed(Set<String> methods) {
        String allow = String.join(", ", new TreeSet<>(methods));
        return new RefusedRequestException(405, "Only " + allow + " is taken here.", allow);
    }

    /** @return HTTP status of the answer */
    public int status() {
        return status;
    }

    /** @return the methods that are taken instead, or null if the method is not what is wrong */
    String allow() {
        return allow;
    }
}
