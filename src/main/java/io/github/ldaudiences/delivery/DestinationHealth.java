package io.github.ldaudiences.delivery;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Is DOWN while a destination is held, or while its requests fail for longer than a rate limit lasts, with what to do. It
 * does not count for readiness: callers get a clear answer meanwhile, and other destinations go on.
 */
public final class DestinationHealth extends AbstractHealthCheck {

    private final DestinationHold hold;
    private final Outage outage;

    /**
     * @param hold of the destination
     * @param outage of the same destination
     */
    public DestinationHealth(DestinationHold hold, Outage outage) {
        // Not the name of the destination's route, whose own check Camel would take it for.
        super("audiences", "access-to-" + hold.destination());
        this.hold = hold;
        this.outage = outage;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        String held = hold.problem();
        String problem = held == null ? outage.problem() : "Destination " + hold.destination() + " is held: " + held;
        if (problem == null) {
            builder.up();
        } else {
            builder.message(problem);
            builder.down();
        }
    }
}
