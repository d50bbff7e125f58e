package io.github.ldaudiences.mapping;

import io.github.ldaudiences.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Collects why people on a list could not be used, each with their place. */
final class MemberProblems {

    /** As many as a person reads. A list may have thousands, all for the same reason. */
    private static final int MAX_SAID = 10;

    private final List<Problem> said = new ArrayList<>(0);
    private int more;

    /** @param problem why what is at a place could not be used; its reason begins with the place */
    void add(Problem problem) {
        if (said.size() < MAX_SAID) {
            said.add(problem);
        } else {
            more++;
        }
    }

    /** @return all reasons under the code of the first; null if there are none */
    Problem together() {
        if (said.isEmpty()) {
            return null;
        }
        String reasons = said.stream().map(Problem::reason).collect(Collectors.joining(" "));
        return new Problem(said.get(0).code(), reasons + (more == 0 ? "" : " And so on, " + more + " more."));
    }
}
