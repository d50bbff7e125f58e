package io.github.ldaudiences.inbound.http;

import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.Set;
import java.util.TreeSet;

/** A request that is answered with an error, because it is invalid or because there is no room for it. */
public final class RefusedRequestException extends Exception {

    private static final long serialVersionUID = 1L;

    private final ProblemCode code;
    private final String header;
    private final String headerValue;

    /**
     * @param code the kind of problem, which determines the HTTP status
     * @param message a sentence for the sender
     */
    public RefusedRequestException(ProblemCode code, String message) {
        this(code, message, null, null);
    }

    /**
     * @param code the kind of problem, which determines the HTTP status
     * @param message a sentence for the sender
     * @param header name of a header that says the same to a program
     * @param headerValue value of the header
     */
    public RefusedRequestException(ProblemCode code, String message, String header, String headerValue) {
        super(message, null, false, false);
        this.code = code;
        this.header = header;
        this.headerValue = headerValue;
    }

    /** @param problem what is wrong with the content of the request */
    RefusedRequestException(Problem problem) {
        this(problem.code(), problem.reason());
    }

    /** @return 503, because there is no room for the events of the request */
    public static RefusedRequestException overloaded() {
        return new RefusedRequestException(
                ProblemCode.OVERLOADED, "Too many events are waiting for LaunchDarkly; try again later.");
    }

    /**
     * @param methods the methods that the path accepts
     * @return 405, with the methods
     */
    public static RefusedRequestException methodNotAllowed(Set<String> methods) {
        String allow = String.join(", ", new TreeSet<>(methods));
        return new RefusedRequestException(
                ProblemCode.METHOD_NOT_ALLOWED, "Only " + allow + " is accepted here.", "Allow", allow);
    }

    /** @return the kind of problem, which determines the HTTP status */
    public ProblemCode code() {
        return code;
    }

    /** @return name of a header that says what is accepted instead, or null */
    public String header() {
        return header;
    }

    /** @return value of that header, or null */
    public String headerValue() {
        return headerValue;
    }
}
