package io.github.ldaudiences.inbound;

import io.github.ldaudiences.event.EventSource;
import io.github.ldaudiences.event.TraceOrigin;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request that events came in with.
 *
 * @param id the sender's own id of the request, or one of ours
 * @param call the call of Segment's API that it was, or null
 * @param trace the span that it is, or null if nobody traces
 */
public record RequestSource(String id, SegmentCall call, TraceOrigin trace) implements EventSource {

    /** In the source of an event: id of its request. */
    public static final String REQUEST = "request";

    /** In the source of an event: path of its request, if that says something of the event. */
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
