package io.github.ldaudiences.event;

import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;

/** Nothing in a body could be read as an event. The message is written for the sender. */
public final class UnreadableBodyException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    /** @param problem what is wrong with the body */
    public UnreadableBodyException(Problem problem) {
        super(problem.reason(), null, false, false);
        this.problem = problem;
    }

    /**
     * @param code what kind of problem it is
     * @param message what is wrong with the body
     */
    public UnreadableBodyException(ProblemCode code, String message) {
        this(new Problem(code, message));
    }

    /** @return what is wrong with the body */
    public Problem problem() {
        return problem;
    }
}
