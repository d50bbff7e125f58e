package io.github.ldaudiences.mapping;

import io.github.ldaudiences.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Collects the problems with people on a list, each with the person's place in it. */
final class MemberProblems {

    /** Limits how many reasons are listed. A list may have thousands, all for the same reason. */
    private static final int MAX_SAID = 10;

    private final List<Problem> said = new ArrayList<>(0);
    private int more;

    /** @param problem the problem with one entry; its reason begins with the place */
    void add(Problem problem) {
        if (said.size() < MAX_SAID) {
            said.add(problem);
        } else {
            more++;
        }
    }

    /** @return all reasons, under the code of the first; null if there are none */
    Problem together() {
        if (said.isEmpty()) {
            return null;
        }
        String reasons = said.stream().map(Problem::reason).collect(Collectors.joining(" "));
        return new Problem(said.get(0).code(), reasons + (more == 0 ? "" : " And " + more + " more."));
    }
}
