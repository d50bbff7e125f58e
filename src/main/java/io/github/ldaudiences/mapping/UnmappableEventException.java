package io.github.ldaudiences.mapping;

import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;

/** An event that a mapping cannot turn into a membership change. The message names the field and what was found. */
public final class UnmappableEventException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    UnmappableEventException(ProblemCode code, String reason) {
        super(reason, null, false, false);
        this.problem = new Problem(code, reason);
    }

    /** @return the problem */
    Problem problem() {
        return problem;
    }
}
