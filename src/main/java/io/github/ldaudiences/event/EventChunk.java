package io.github.ldaudiences.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Events that go through a mapping together.
 *
 * @param events the events that are left
 * @param skipped how many the mapping has skipped
 * @param defects the events for which a filter of the mapping has failed
 */
public record EventChunk(List<SegmentEvent> events, int skipped, List<Defect> defects) {

    /**
     * A defect of the bundle that one event has revealed.
     *
     * @param event the event
     * @param cause the exception
     */
    public record Defect(SegmentEvent event, RuntimeException cause) {}

    /** @param events the events of a chunk that no filter has seen */
    public EventChunk(List<SegmentEvent> events) {
        this(events, 0, List.of());
    }

    /**
     * @param wanted a filter
     * @return the chunk without the events that do not match
     */
    public EventChunk where(Predicate<JsonNode> wanted) {
        List<SegmentEvent> left = new ArrayList<>(events.size());
        List<Defect> failed = new ArrayList<>(defects);
        for (SegmentEvent event : events) {
            try {
                if (wanted.test(event.json())) {
                    left.add(event);
                }
            } catch (RuntimeException e) {
                // It is unknown whether the filter matches, and other events must not be affected.
                failed.add(new Defect(event, e));
            }
        }
        int passedOver = events.size() + defects.size() - left.size() - failed.size();
        return new EventChunk(left, skipped + passedOver, failed);
    }

    /** @return the only mapping for these events, because they are replayed; null for all mappings */
    public String onlyMapping() {
        Replay replay = events.isEmpty() ? null : events.get(0).origin().replay();
        return replay == null ? null : replay.mapping();
    }
}
