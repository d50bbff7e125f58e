package io.github.ldaudiences.deadletter;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Is DOWN while dead letters cannot be written, with what to do. It counts neither for readiness nor for liveness: good
 * events are delivered meanwhile, the sources of bad ones get a clear answer, and a restart would mend nothing.
 */
public final class DeadLetterHealth extends AbstractHealthCheck {

    private final DeadLetters deadLetters;
    private final DeadLetterFile file;

    /**
     * @param deadLetters knows whether the last ones were written
     * @param file knows whether there is room for more
     */
    public DeadLetterHealth(DeadLetters deadLetters, DeadLetterFile file) {
        // Not the id of a route, whose own check Camel would take it for.
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
