package io.github.ldaudiences.event;

import java.util.ArrayList;
import java.util.List;

/**
 * What a body held.
 *
 * @param events the events
 * @param unreadable the parts of the body that are no event, each with the reason
 */
public record ReadEvents(List<SegmentEvent> events, List<RejectedEvent> unreadable) {

    /** What an event takes in memory beside its bytes, roughly. */
    private static final int OVERHEAD_BYTES = 350;

    /** @return nothing read yet, to be added to */
    public static ReadEvents none() {
        return new ReadEvents(new ArrayList<>(), new ArrayList<>());
    }

    /** @param more what another body held */
    public void add(ReadEvents more) {
        events.addAll(more.events);
        unreadable.addAll(more.unreadable);
    }

    /**
     * @param bodyBytes length of the body
     * @return bytes that the body and its events hold until they are settled, roughly
     */
    public long heldBytes(long bodyBytes) {
        return bodyBytes + (long) size() * OVERHEAD_BYTES;
    }

    /** @return how many events and would-be events the body held */
    public int size() {
        return events.size() + unreadable.size();
    }
}
