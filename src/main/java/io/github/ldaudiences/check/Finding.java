package io.github.ldaudiences.check;

import java.util.List;

/**
 * What was found out about one thing that the bundle needs.
 *
 * @param subject what it is
 * @param fine a sentence for when nothing is wrong
 * @param problems a sentence for each thing that is wrong, without secrets
 */
record Finding(String subject, String fine, List<String> problems) {

    boolean isFine() {
        return problems.isEmpty();
    }
}
