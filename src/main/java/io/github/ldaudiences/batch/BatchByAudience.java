package io.github.ldaudiences.batch;

import io.github.ldaudiences.mapping.MembershipChange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/**
 * Moves membership changes of one audience from a queue into a batch until the batch is full. The remaining changes go
 * into the audience's next batch: the route aggregates again while the queue is not empty. As a predicate it says
 * whether a batch is complete.
 */
public final class BatchByAudience implements AggregationStrategy, Predicate {

    private final AudienceLanes lanes;
    private final NewestStates newestStates;
    private final BatchLimits limits;
    private final UnaryOperator<MembershipChange> newest;

    /**
     * @param lanes where each new batch gets its place
     * @param newestStates the states remembered from earlier batches
     * @param limits how large a batch may be
     */
    public BatchByAudience(AudienceLanes lanes, NewestStates newestStates, BatchLimits limits) {
        this.lanes = lanes;
        this.newestStates = newestStates;
        this.limits = limits;
        this.newest = newestStates::newest;
    }

    @Override
    public Exchange aggregate(Exchange batched, Exchange incoming) {
        @SuppressWarnings("unchecked") // as the mapping routes make it
        Deque<MembershipChange> changes =
                (Deque<MembershipChange>) incoming.getMessage().getBody();
        Exchange answer = batched;
        if (answer == null) {
            // The place is assigned at creation, under the aggregator's lock: batches of one audience that are
            // completed by different threads cannot overtake each other.
            incoming.getMessage().setBody(lanes.open(changes.getFirst().audience()));
            answer = incoming;
        }
        Batch batch = (Batch) answer.getMessage().getBody();
        lanes.fill(batch, changes, newest, limits);
        return answer;
    }

    /**
     * Creates the batches for changes as if nothing else arrived, for inspection. The batches have no place in a lane,
     * and no states are remembered.
     *
     * @param changes of one audience, in order
     * @return the batches, in order
     */
    public List<Batch> dryRun(Collection<MembershipChange> changes) {
        Deque<MembershipChange> left = new ArrayDeque<>(changes);
        List<Batch> batches = new ArrayList<>();
        while (!left.isEmpty()) {
            Batch batch = new Batch(left.getFirst().audience(), null);
            do {
                batch.add(newestStates.known(left.removeFirst()));
            } while (!left.isEmpty() && !batch.isFull(limits));
            batches.add(batch);
        }
        return batches;
    }

    @Override
    public boolean matches(Exchange batched) {
        return lanes.isComplete((Batch) batched.getMessage().getBody(), limits);
    }
}
