package io.github.ldaudiences.health;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * A health check that is DOWN while there is a problem, and says what to do. Unless a subclass says otherwise, it does
 * not affect readiness: events that have nothing to do with the problem are still accepted.
 */
public abstract class ProblemHealth extends AbstractHealthCheck {

    /** @param id the id of the check; not the id of a route, which Camel uses for the route's own check */
    protected ProblemHealth(String id) {
        super("audiences", id);
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    /** @return what is wrong and what to do, without secrets; null if nothing is */
    protected abstract String problem();

    @Override
    protected final void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        String problem = problem();
        if (problem == null) {
            builder.up();
        } else {
            builder.message(problem);
            builder.down();
        }
    }
}
