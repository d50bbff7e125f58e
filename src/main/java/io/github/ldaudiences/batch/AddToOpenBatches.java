package io.github.ldaudiences.batch;

import io.github.ldaudiences.mapping.MembershipChange;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Adds changes to the open batches of their audiences. Changes that do not fit begin new batches. With a thousand
 * audiences, an exchange for each audience of each request would cost more than everything else.
 */
public final class AddToOpenBatches implements Processor {

    private final AudienceLanes lanes;
    private final NewestStates newestStates;
    private final BatchLimits limits;

    /**
     * @param lanes where the open batches are
     * @param newestStates the states remembered from earlier batches
     * @param limits how large a batch may be
     */
    public AddToOpenBatches(AudienceLanes lanes, NewestStates newestStates, BatchLimits limits) {
        this.lanes = lanes;
        this.newestStates = newestStates;
        this.limits = limits;
    }

    @Override
    public void process(Exchange exchange) {
        @SuppressWarnings("unchecked") // as the mapping routes make it
        List<MembershipChange> changes =
                (List<MembershipChange>) exchange.getMessage().getBody();
        lanes.fillOpen(changes, newestStates::newest, limits);
    }
}
