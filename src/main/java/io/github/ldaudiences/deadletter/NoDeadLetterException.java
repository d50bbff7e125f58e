package io.github.ldaudiences.deadletter;

import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;

/** A line is no dead letter. The message says what is wrong with it. */
final class NoDeadLetterException extends Exception {

    private static final long serialVersionUID = 1L;

    NoDeadLetterException(String problem) {
        super("The line is no dead letter: " + problem, null, false, false);
    }

    Problem problem() {
        return new Problem(ProblemCode.NOT_A_DEAD_LETTER, getMessage());
    }
}
