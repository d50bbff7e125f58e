package io.github.ldaudiences.deadletter;

import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;

/** A line is not a dead letter, or is one without its event. The message says what is wrong with it. */
final class NoDeadLetterException extends Exception {

    private static final long serialVersionUID = 1L;

    private final ProblemCode code;

    NoDeadLetterException(String problem) {
        this(ProblemCode.NOT_A_DEAD_LETTER, "The line is not a dead letter: " + problem);
    }

    private NoDeadLetterException(ProblemCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /** @return the exception for a dead letter whose event was left out when it was written */
    static NoDeadLetterException withoutEvent() {
        return new NoDeadLetterException(
                ProblemCode.EVENT_REDACTED,
                "The dead letter cannot be replayed: its event could not be read and was left out when the letter"
                        + " was written, so that no personal data is kept. Send the event again from its source.");
    }

    Problem problem() {
        return new Problem(code, getMessage());
    }
}
