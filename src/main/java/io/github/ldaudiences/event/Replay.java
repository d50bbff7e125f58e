package io.github.ldaudiences.event;

import java.util.Map;

/**
 * What a dead letter says of the event in it, which is to be delivered after all.
 *
 * @param arrival when the event arrived for the first time, in epoch milliseconds
 * @param mapping id of the mapping that rejected it, the only one that it is for; null if it is for all
 * @param forced whether to deliver it although nobody can tell if a newer state has been delivered since
 * @param eventType its type, if it does not say it; null if only it can say it
 * @param place where the dead letter came from, and the event before it
 */
public record Replay(long arrival, String mapping, boolean forced, String eventType, Map<String, Object> place)
        implements EventSource {

    @Override
    public Map<String, Object> coordinates(byte[] body, int from) {
        return place;
    }
}
