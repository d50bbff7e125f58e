package io.github.ldaudiences.batch;

import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.mapping.MembershipChange;

/** Makes batches that are in no lane, for tests of a single step of the delivery. */
public final class BatchOf {

    private BatchOf() {}

    /**
     * @param audience the audience
     * @param people context keys of those who enter it
     */
    public static Batch entering(Audience audience, String... people) {
        Batch batch = new Batch(audience, null);
        for (String person : people) {
            batch.add(new MembershipChange(audience, "vip_customers", person, true, 1, true, "mapping", null, null));
        }
        return batch;
    }
}
