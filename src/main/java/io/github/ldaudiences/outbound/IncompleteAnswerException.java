package io.github.ldaudiences.outbound;

import java.io.IOException;

/** What came back for a request is not one complete answer of HTTP, so nobody knows what the server has made of it. */
public final class IncompleteAnswerException extends IOException {

    private static final long serialVersionUID = 1L;

    /** @param reason what is wrong with the answer, to be read after a colon */
    public IncompleteAnswerException(String reason) {
        super(reason);
    }

    IncompleteAnswerException(Exception cause) {
        super(cause.getMessage(), cause);
    }
}
