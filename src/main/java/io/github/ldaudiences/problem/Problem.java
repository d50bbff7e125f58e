package io.github.ldaudiences.problem;

/**
 * What is wrong with a request or an event.
 *
 * @param code the same for every problem of its kind, for programs
 * @param reason a sentence that names what was found, for the person who must act
 */
public record Problem(ProblemCode code, String reason) {

    /**
     * @param context the beginning of the sentence, which says where the problem was found
     * @return the same problem in its context
     */
    public Problem in(String context) {
        return new Problem(code, context + reason);
    }
}
