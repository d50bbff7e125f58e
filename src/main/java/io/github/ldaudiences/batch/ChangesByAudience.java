package io.github.ldaudiences.batch;

import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.mapping.MembershipChange;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.support.ExpressionAdapter;

/** Groups the changes in the body by audience: a queue for each, in the order of the events. */
public final class ChangesByAudience extends ExpressionAdapter {

    @Override
    public Object evaluate(Exchange exchange) {
        @SuppressWarnings("unchecked") // as the mapping routes make it
        List<MembershipChange> changes =
                (List<MembershipChange>) exchange.getMessage().getBody();
        Map<Audience, Deque<MembershipChange>> sorted = new LinkedHashMap<>();
        for (MembershipChange change : changes) {
            sorted.computeIfAbsent(change.audience(), audience -> new ArrayDeque<>())
                    .add(change);
        }
        return sorted.values();
    }
}
