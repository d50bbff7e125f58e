package io.github.ldaudiences.event;

import java.util.Map;

/** Tells where a body came from, for the person who looks for an event there, and what that says of its events. */
@FunctionalInterface
public interface EventSource {

    /**
     * @param body the body
     * @param from where in the body the event begins
     * @return where to find the event, in the words of its source: topic, partition and offset; file and line; request
     */
    Map<String, Object> coordinates(byte[] body, int from);

    /** @return the type of the events that do not say theirs; null if only they can say it */
    default String eventType() {
        return null;
    }

    /**
     * @param from where in the body the event begins
     * @return the span that the event came from; null if its sender names none, or nobody traces
     */
    default TraceOrigin trace(int from) {
        return null;
    }
}
