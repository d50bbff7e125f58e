package io.github.ldaudiences.event;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.support.ExpressionAdapter;

/**
 * Parses the events in the body, a chunk at a time: each event once however many mappings there are, and never so many
 * that the parsed form of a large body fills the heap. The events of a chunk are all for the same mappings.
 */
public final class EventChunks extends ExpressionAdapter {

    /** Exchange property: the {@link RejectedEvent}s of what could not be read. The routes name it too. */
    public static final String UNREADABLE = "audiencesUnreadable";

    private static final int CHUNK = 250;

    @Override
    public Object evaluate(Exchange exchange) {
        @SuppressWarnings("unchecked") // as inbound routes make it
        List<EventOrigin> origins = (List<EventOrigin>) exchange.getMessage().getBody();
        @SuppressWarnings("unchecked") // as inbound routes make it
        List<RejectedEvent> unreadable = (List<RejectedEvent>) exchange.getProperty(UNREADABLE);
        return new Iterator<EventChunk>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < origins.size();
            }

            @Override
            public EventChunk next() {
                int end = Math.min(next + CHUNK, origins.size());
                List<SegmentEvent> chunk = new ArrayList<>(end - next);
                String mapping = mapping(origins.get(next));
                for (; next < end && Objects.equals(mapping, mapping(origins.get(next))); next++) {
                    EventOrigin origin = origins.get(next);
                    ObjectNode json = origin.parse();
                    if (json != null) {
                        chunk.add(new SegmentEvent(json, origin));
                    } else {
                        unreadable.add(RejectedEvent.notJson(origin).announce());
                    }
                }
                return new EventChunk(chunk);
            }
        };
    }

    /** The only mapping that a replayed event is for; null for all. */
    private static String mapping(EventOrigin origin) {
        Replay replay = origin.replay();
        return replay == null ? null : replay.mapping();
    }
}
