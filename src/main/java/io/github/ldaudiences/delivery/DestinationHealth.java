package io.github.ldaudiences.delivery;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Is DOWN while a destination is held, with what to mend. It does not count for readiness: callers get a clear answer
 * meanwhile, and other destinations go on.
 */
public final class DestinationHealth extends AbstractHealthCheck {

    private final DestinationHold hold;

    /** @param hold of the destination */
    public DestinationHealth(DestinationHold hold) {
        // Not the name of the destination's route, whose own check Camel would take it for.
        super("audiences", "access-to-" + hold.destination());
        this.hold = hold;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        String problem = hold.problem();
        if (problem == null) {
            builder.up();
        } else {
            builder.message("Destination " + hold.destination() + " is held: " + problem);
            builder.down();
        }
    }
}
