package io.github.ldaudiences.outbound;

import java.io.IOException;

/**
 * The response to a request is not one complete HTTP response, so it is unknown whether the server has processed the
 * request.
 */
public final class IncompleteAnswerException extends IOException {

    private static final long serialVersionUID = 1L;

    /** @param reason what is wrong with the response, to follow a colon */
    public IncompleteAnswerException(String reason) {
        super(reason);
    }

    IncompleteAnswerException(Exception cause) {
        super(cause.getMessage(), cause);
    }
}
