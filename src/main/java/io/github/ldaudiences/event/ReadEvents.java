package io.github.ldaudiences.event;

import java.util.ArrayList;
import java.util.List;

/**
 * The content of a body.
 *
 * @param events the events
 * @param unreadable the parts of the body that are not events, each with the reason
 */
public record ReadEvents(List<SegmentEvent> events, List<RejectedEvent> unreadable) {

    /** Approximate memory of an event in addition to its bytes. */
    private static final int OVERHEAD_BYTES = 350;

    /** @return an empty result, to be added to */
    public static ReadEvents none() {
        return new ReadEvents(new ArrayList<>(), new ArrayList<>());
    }

    /** @param more the content of another body */
    public void add(ReadEvents more) {
        events.addAll(more.events);
        unreadable.addAll(more.unreadable);
    }

    /**
     * @param bodyBytes length of the body
     * @return approximate bytes that the body and its events hold until they are settled
     */
    public long heldBytes(long bodyBytes) {
        return bodyBytes + (long) size() * OVERHEAD_BYTES;
    }

    /** @return how many events, readable or not, the body held */
    public int size() {
        return events.size() + unreadable.size();
    }
}
