package io.github.ldaudiences.event;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.support.ExpressionAdapter;

/**
 * Cuts the events in the body into chunks. The events of a chunk are all for the same mappings, and never so many that
 * their parsed form fills the heap.
 */
public final class EventChunks extends ExpressionAdapter {

    /** Exchange property: the {@link RejectedEvent}s of what could not be read. The routes name it too. */
    public static final String UNREADABLE = "audiencesUnreadable";

    private static final int CHUNK = 1000;

    @Override
    public Object evaluate(Exchange exchange) {
        @SuppressWarnings("unchecked") // as inbound routes make it
        List<SegmentEvent> events = (List<SegmentEvent>) exchange.getMessage().getBody();
        return new Iterator<EventChunk>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < events.size();
            }

            @Override
            public EventChunk next() {
                int end = Math.min(next + CHUNK, events.size());
                List<SegmentEvent> chunk = new ArrayList<>(end - next);
                String mapping = mapping(events.get(next));
                for (; next < end && Objects.equals(mapping, mapping(events.get(next))); next++) {
                    chunk.add(events.get(next).parsed());
                }
                return new EventChunk(chunk);
            }
        };
    }

    /** The only mapping that a replayed event is for; null for all. */
    private static String mapping(SegmentEvent event) {
        Replay replay = event.origin().replay();
        return replay == null ? null : replay.mapping();
    }
}
