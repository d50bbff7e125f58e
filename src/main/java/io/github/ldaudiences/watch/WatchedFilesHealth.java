package io.github.ldaudiences.watch;

import java.util.List;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Is DOWN while a file that has changed cannot be used, with what to do. It does not count for readiness: what was read
 * before is still in use.
 */
public final class WatchedFilesHealth extends AbstractHealthCheck {

    private final WatchedFiles files;

    /** @param files the files that are looked at */
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
