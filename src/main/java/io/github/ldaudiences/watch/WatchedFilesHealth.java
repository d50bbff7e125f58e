package io.github.ldaudiences.watch;

import java.util.List;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Is DOWN, with what to do, while a changed file cannot be used. It does not affect readiness: the previous content is
 * still in use.
 */
public final class WatchedFilesHealth extends AbstractHealthCheck {

    private final WatchedFiles files;

    /** @param files the watched files */
    public WatchedFilesHealth(WatchedFiles files) {
        super("audiences", "secret-files");
        this.files = files;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        List<String> problems = files.problems();
        if (problems.isEmpty()) {
            builder.up();
        } else {
            builder.message(String.join(" ", problems));
            builder.down();
        }
    }
}
