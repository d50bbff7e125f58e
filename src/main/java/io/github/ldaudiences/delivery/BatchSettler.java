package io.github.ldaudiences.delivery;

import io.github.ldaudiences.batch.Batch;
import io.github.ldaudiences.batch.NewestStates;
import io.github.ldaudiences.event.Refusal;
import io.github.ldaudiences.event.RejectedEvent;
import io.github.ldaudiences.event.UndeliveredException;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports the outcome of a batch to the receipts of its events. */
public final class BatchSettler {

    private static final Logger LOG = LoggerFactory.getLogger(BatchSettler.class);

    private final NewestStates newestStates;
    private final Map<String, DestinationTraffic> traffic;

    /**
     * @param newestStates remembers the states that LaunchDarkly has
     * @param traffic the traffic of each destination, by its id, which measures how old events are when LaunchDarkly
     *     accepts them
     */
    public BatchSettler(NewestStates newestStates, Map<String, DestinationTraffic> traffic) {
        this.newestStates = newestStates;
        this.traffic = traffic;
    }

    /** @param batch a batch that LaunchDarkly has accepted */
    public void delivered(@Body Batch batch) {
        LOG.debug("Delivered {}.", batch);
        newestStates.delivered(batch);
        EventAges ages = traffic.get(batch.audience().destination()).ages();
        batch.end(origin -> {
            ages.add(origin);
            origin.delivered();
        });
        ages.end();
    }

    /**
     * @param batch a batch that could not be delivered for now
     * @param failure why
     */
    public void failed(@Body Batch batch, @ExchangeProperty(DeliveryOutcome.FAILURE) DeliveryFailure failure) {
        LOG.debug("Could not deliver {}: {}. The events stay with their source.", batch, failure.message());
        UndeliveredException undelivered = new UndeliveredException(failure.message());
        batch.end(origin -> origin.failed(undelivered));
    }

    /**
     * @param batch the member, or members, that LaunchDarkly rejects
     * @param failure its reason
     * @return all their events, for the dead letter, which settles them
     */
    public List<RejectedEvent> rejected(
            @Body Batch batch, @ExchangeProperty(DeliveryOutcome.FAILURE) DeliveryFailure failure) {
        List<RejectedEvent> rejected = new ArrayList<>();
        String destination = batch.audience().destination();
        Problem problem = new Problem(ProblemCode.LAUNCHDARKLY_REFUSED, failure.message());
        batch.members().forEach(member -> {
            Refusal refusal = new Refusal(failure.status(), failure.said(), failure.supportId(), member.attempts());
            member.end(origin -> rejected.add(
                    new RejectedEvent(origin, problem, member.newest().mapping(), destination, refusal)));
        });
        return rejected;
    }
}
