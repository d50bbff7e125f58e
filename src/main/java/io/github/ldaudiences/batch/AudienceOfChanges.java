package io.github.ldaudiences.batch;

import io.github.ldaudiences.mapping.MembershipChange;
import java.util.Deque;
import org.apache.camel.Exchange;
import org.apache.camel.support.ExpressionAdapter;

/** Returns the audience of the queue of changes in the body: the correlation key of the aggregator. */
public final class AudienceOfChanges extends ExpressionAdapter {

    @Override
    public Object evaluate(Exchange exchange) {
        @SuppressWarnings("unchecked") // as the mapping routes make it
        Deque<MembershipChange> changes =
                (Deque<MembershipChange>) exchange.getMessage().getBody();
        return changes.getFirst().audience().correlationKey();
    }
}
