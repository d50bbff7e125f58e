package io.github.ldaudiences.deadletter;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Is DOWN, with what to do, while dead letters cannot be written. It affects neither readiness nor liveness: good
 * events are still delivered, the sources of bad ones get a clear answer, and a restart would not help.
 */
public final class DeadLetterHealth extends AbstractHealthCheck {

    private final DeadLetters deadLetters;
    private final DeadLetterFile file;

    /**
     * @param deadLetters knows whether the last letters were written
     * @param file knows whether there is room for more
     */
    public DeadLetterHealth(DeadLetters deadLetters, DeadLetterFile file) {
        // Differs from the id of a route, which Camel uses for the route's own check.
        super("audiences", "dead-letter-store");
        this.deadLetters = deadLetters;
        this.file = file;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        String full = file.full();
        String problem = full != null ? full : deadLetters.problem();
        if (problem == null) {
            builder.up();
        } else {
            builder.message(problem);
            builder.down();
        }
    }
}
