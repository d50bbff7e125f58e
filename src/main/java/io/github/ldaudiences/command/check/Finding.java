package io.github.ldaudiences.command.check;

import java.util.List;

/**
 * The result of checking one thing that the bundle needs.
 *
 * @param subject what was checked
 * @param fine a sentence for when there is no problem
 * @param problems a sentence for each problem, without secrets
 */
record Finding(String subject, String fine, List<String> problems) {

    boolean isFine() {
        return problems.isEmpty();
    }
}
