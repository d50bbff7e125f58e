package io.github.ldaudiences.store;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Reports that the store is unavailable, and whether delivery continues without it. */
public final class StoreHealth extends AbstractHealthCheck {

    private final MembershipStore store;

    /** @param store the store */
    public StoreHealth(MembershipStore store) {
        super("audiences", "membership-store");
        this.store = store;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        String problem = store.problem();
        if (problem == null) {
            builder.up();
        } else {
            builder.message(problem
                            + (store.isRequired()
                                    ? ". Events stay with their sources until it answers."
                                    : ". Delivery goes on with what this process remembers; the store is behind."))
                    .down();
        }
    }
}
