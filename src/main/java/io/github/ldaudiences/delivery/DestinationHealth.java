package io.github.ldaudiences.delivery;

import io.github.ldaudiences.health.ProblemHealth;

/**
 * Is DOWN, with what to do, while a destination is held, or when its requests have failed for longer than a rate limit
 * lasts. It does not affect readiness: callers still get a clear answer, and other destinations continue.
 */
public final class DestinationHealth extends ProblemHealth {

    private final DestinationHold hold;
    private final Outage outage;

    /**
     * @param hold the hold of the destination
     * @param outage the outage of the same destination
     */
    public DestinationHealth(DestinationHold hold, Outage outage) {
        super("access-to-" + hold.destination());
        this.hold = hold;
        this.outage = outage;
    }

    @Override
    protected String problem() {
        String held = hold.problem();
        return held == null ? outage.problem() : "Destination " + hold.destination() + " is held: " + held;
    }
}
