package io.github.ldaudiences.deadletter;

import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.event.RejectedEvent;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.processor.aggregate.AggregateController;
import org.apache.camel.support.ExpressionAdapter;

/**
 * Tells the receipt of a rejected event that the aggregator holds the event. When everything else of the receipt has
 * ended, the aggregator completes the receipt's group, or discards it if the source keeps its events.
 */
public final class HoldRejected implements Processor {

    private final AggregateController groups;

    /** @param groups completes and discards the groups of the aggregator, one for each receipt */
    public HoldRejected(AggregateController groups) {
        this.groups = groups;
    }

    @Override
    public void process(Exchange exchange) {
        EventOrigin origin = ((RejectedEvent) exchange.getMessage().getBody()).origin();
        String group = origin.receiptId();
        origin.hold(write -> {
            if (write) {
                groups.forceCompletionOfGroup(group);
            } else {
                groups.forceDiscardingOfGroup(group);
            }
        });
    }

    /** Returns the group of a rejected event: that of its receipt. */
    public static final class Group extends ExpressionAdapter {

        @Override
        public Object evaluate(Exchange exchange) {
            return ((RejectedEvent) exchange.getMessage().getBody()).origin().receiptId();
        }
    }
}
