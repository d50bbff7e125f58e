package io.github.ldaudiences.inbound.http;

import io.github.ldaudiences.event.EventSource;
import io.github.ldaudiences.event.TraceOrigin;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request as the source of events.
 *
 * @param id the sender's ID of the request, or a generated one
 * @param call the call of Segment's API, or null
 * @param trace the span of the request, or null if tracing is off
 */
public record RequestSource(String id, SegmentCall call, TraceOrigin trace) implements EventSource {

    /** Key in an event's source: ID of its request. */
    public static final String REQUEST = "request";

    /** Key in an event's source: path of its request, if it says something about the event. */
    public static final String PATH = "path";

    @Override
    public Map<String, Object> coordinates(byte[] body, int from) {
        Map<String, Object> coordinates = new LinkedHashMap<>();
        coordinates.put(REQUEST, id);
        if (call != null) {
            coordinates.put(PATH, call.path());
        }
        return coordinates;
    }

    @Override
    public String eventType() {
        return call == null ? null : call.eventType();
    }

    @Override
    public TraceOrigin trace(int from) {
        return trace;
    }
}
