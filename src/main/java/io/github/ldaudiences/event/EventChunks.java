package io.github.ldaudiences.event;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.support.ExpressionAdapter;

/**
 * Splits the events in the body into chunks. All events of a chunk are for the same mappings, and their number is
 * limited so that their parsed form does not fill the heap.
 */
public final class EventChunks extends ExpressionAdapter {

    /** Exchange property: the {@link RejectedEvent}s of what could not be read. The routes use this name too. */
    public static final String UNREADABLE = "audiencesUnreadable";

    private static final int CHUNK = 1000;

    @Override
    public Object evaluate(Exchange exchange) {
        @SuppressWarnings("unchecked") // inbound routes create it with this type
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
