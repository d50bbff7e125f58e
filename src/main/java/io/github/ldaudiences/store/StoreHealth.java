package io.github.ldaudiences.store;

import io.github.ldaudiences.health.ProblemHealth;

/** Reports that the store is unavailable, and whether delivery continues without it. */
public final class StoreHealth extends ProblemHealth {

    private final MembershipStore store;

    /** @param store the store */
    public StoreHealth(MembershipStore store) {
        super("membership-store");
        this.store = store;
    }

    @Override
    protected String problem() {
        String problem = store.problem();
        if (problem == null) {
            return null;
        }
        return problem
                + (store.isRequired()
                        ? ". Events stay with their sources until it answers."
                        : ". Delivery goes on with what this process remembers; the store is behind.");
    }
}
