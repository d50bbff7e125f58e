package io.github.ldaudiences.event;

import java.util.Map;

/**
 * What a dead letter says about the event that is replayed from it.
 *
 * @param arrival when the event arrived for the first time, in epoch milliseconds
 * @param mapping ID of the mapping that rejected it, the only one that it is for; null if it is for all
 * @param forced whether to deliver it although nobody can tell if a newer state has been delivered since
 * @param eventType the type for an event that has no type of its own, or null
 * @param place where the dead letter came from, and before it the event
 */
public record Replay(long arrival, String mapping, boolean forced, String eventType, Map<String, Object> place)
        implements EventSource {

    @Override
    public Map<String, Object> coordinates(byte[] body, int from) {
        return place;
    }
}
