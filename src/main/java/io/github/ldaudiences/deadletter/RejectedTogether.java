package io.github.ldaudiences.deadletter;

import io.github.ldaudiences.event.RejectedEvent;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/** Collects rejected events, single ones or lists, in one list, and says when it is large enough for one write. */
public final class RejectedTogether implements AggregationStrategy, Predicate {

    /** The number of events that one write should have. */
    static final int ENOUGH = 200;

    @Override
    public Exchange aggregate(Exchange collected, Exchange incoming) {
        Exchange answer = collected;
        Object rejected = incoming.getMessage().getBody();
        if (answer == null) {
            answer = incoming;
            // Otherwise the batch or request of the event would stay in memory.
            answer.removeProperties("*");
            answer.getMessage().setBody(new ArrayList<RejectedEvent>());
        }
        List<RejectedEvent> together = rejected(answer.getMessage().getBody());
        if (rejected instanceof RejectedEvent one) {
            together.add(one);
        } else {
            together.addAll(rejected(rejected));
        }
        return answer;
    }

    @Override
    public boolean matches(Exchange collected) {
        return rejected(collected.getMessage().getBody()).size() >= ENOUGH;
    }

    @SuppressWarnings("unchecked") // as the routes make it
    private static List<RejectedEvent> rejected(Object body) {
        return (List<RejectedEvent>) body;
    }
}
