package io.github.ldaudiences.inbound;

import java.util.Set;
import java.util.TreeSet;

/** A request that is answered with an error, because of what the request is or because there is no room for it. */
public final class RefusedRequestException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String header;
    private final String headerValue;

    /**
     * @param status HTTP status of the answer
     * @param message a sentence for the sender
     */
    public RefusedRequestException(int status, String message) {
        this(status, message, null, null);
    }

    /**
     * @param status HTTP status of the answer
     * @param message a sentence for the sender
     * @param header name of a header that says the same to a program
     * @param headerValue value of the header
     */
    RefusedRequestException(int status, String message, String header, String headerValue) {
        super(message, null, false, false);
        this.status = status;
        this.header = header;
        this.headerValue = headerValue;
    }

    /**
     * @param methods the methods that are taken where the request was sent
     * @return 405, with the methods
     */
    static RefusedRequestException methodNotAllowed(Set<String> methods) {
        String allow = String.join(", ", new TreeSet<>(methods));
        return new RefusedRequestException(405, "Only " + allow + " is taken here.", "Allow", allow);
    }

    /** @return HTTP status of the answer */
    public int status() {
        return status;
    }

    /** @return name of a header that says what is taken instead, or null */
    String header() {
        return header;
    }

    /** @return value of that header, or null */
    String headerValue() {
        return headerValue;
    }
}
