package io.github.ldaudiences.mapping;

import io.github.ldaudiences.event.RejectedEvent;
import io.github.ldaudiences.event.SegmentEvent;
import io.github.ldaudiences.metrics.MappingCounts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one mapping made of a chunk of events. */
public final class MappedEvents {

    private static final Logger LOG = LoggerFactory.getLogger(MappedEvents.class);

    private final Map<Audience, Deque<MembershipChange>> changes = new LinkedHashMap<>();
    private final List<RejectedEvent> rejected = new ArrayList<>(0);

    /** @return the membership changes, a queue for each audience, in the order of the events */
    public Collection<Deque<MembershipChange>> getChangesByAudience() {
        return changes.values();
    }

    /** @return the events that the mapping cannot use */
    public List<RejectedEvent> getRejected() {
        return rejected;
    }

    private void add(Exchange exchange, String mapping, MappingCounts counts) {
        Object outcome = exchange.getMessage().getBody();
        if (exchange.getException() != null && outcome instanceof SegmentEvent event) {
            // A defect of ours, but the event must not count as one that nobody wanted.
            String reason =
                    "Internal error: " + exchange.getException().getClass().getName();
            LOG.error("An event could not be mapped.", exchange.getException());
            rejected.add(new RejectedEvent(event.origin(), reason, mapping, null).announce());
            exchange.setException(null);
            counts.rejected();
        } else if (outcome instanceof List<?> several) {
            several.forEach(one -> add(one, counts));
        } else {
            add(outcome, counts);
        }
    }

    private void add(Object outcome, MappingCounts counts) {
        if (outcome instanceof MembershipChange change) {
            changes.computeIfAbsent(change.audience(), audience -> new ArrayDeque<>())
                    .add(change);
            counts.mapped();
        } else if (outcome instanceof RejectedEvent event) {
            rejected.add(event);
            counts.rejected();
        } else {
            counts.skipped(); // a filter held it back
        }
    }

    /** Collects what the steps of a split made of each event. */
    public static final class Collect implements AggregationStrategy {

        private final String mapping;
        private final MappingCounts counts;

        /**
         * @param mapping id of the mapping
         * @param counts where the outcomes are counted
         */
        public Collect(String mapping, MappingCounts counts) {
            this.mapping = mapping;
            this.counts = counts;
        }

        @Override
        public Exchange aggregate(Exchange collected, Exchange one) {
            if (collected != null) {
                ((MappedEvents) collected.getMessage().getBody()).add(one, mapping, counts);
                return collected;
            }
            MappedEvents events = new MappedEvents();
            events.add(one, mapping, counts);
            one.getMessage().setBody(events);
            return one;
        }
    }
}
