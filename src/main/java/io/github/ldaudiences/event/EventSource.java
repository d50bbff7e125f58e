package io.github.ldaudiences.event;

import java.util.Map;

/** Describes where a body came from, so that its events can be found there, and what the source says about them. */
@FunctionalInterface
public interface EventSource {

    /**
     * @param body the body
     * @param from where in the body the event begins
     * @return where to find the event, in terms of its source: topic, partition and offset; file and line; request
     */
    Map<String, Object> coordinates(byte[] body, int from);

    /** @return the type of events that have no type of their own; null if each event must have one */
    default String eventType() {
        return null;
    }

    /**
     * @param from where in the body the event begins
     * @return the span that the event came from; null if its sender names none, or tracing is off
     */
    default TraceOrigin trace(int from) {
        return null;
    }
}
