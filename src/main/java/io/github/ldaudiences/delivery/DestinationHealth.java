package io.github.ldaudiences.delivery;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Is DOWN, with what to do, while a destination is held, or when its requests have failed for longer than a rate limit
 * lasts. It does not affect readiness: callers still get a clear answer, and other destinations continue.
 */
public final class DestinationHealth extends AbstractHealthCheck {

    private final DestinationHold hold;
    private final Outage outage;

    /**
     * @param hold the hold of the destination
     * @param outage the outage of the same destination
     */
    public DestinationHealth(DestinationHold hold, Outage outage) {
        // Differs from the name of the destination's route, which Camel uses for the route's own check.
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
