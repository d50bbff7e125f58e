package io.github.ldaudiences.watch;

import io.github.ldaudiences.health.ProblemHealth;
import java.util.List;

/**
 * Is DOWN, with what to do, while a changed file cannot be used. It does not affect readiness: the previous content is
 * still in use.
 */
public final class WatchedFilesHealth extends ProblemHealth {

    private final WatchedFiles files;

    /** @param files the watched files */
    public WatchedFilesHealth(WatchedFiles files) {
        super("secret-files");
        this.files = files;
    }

    @Override
    protected String problem() {
        List<String> problems = files.problems();
        return problems.isEmpty() ? null : String.join(" ", problems);
    }
}
