package io.github.ldaudiences.metrics;

import java.util.concurrent.atomic.LongAdder;

/** Counts what one mapping has made of events. */
public final class MappingCounts {

    private final String mapping;
    private final LongAdder mapped = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder skipped = new LongAdder();

    /** @param mapping id of the mapping */
    public MappingCounts(String mapping) {
        this.mapping = mapping;
    }

    /** @param changes how many membership changes events have become */
    public void mapped(int changes) {
        mapped.add(changes);
    }

    /** @param events how many events cannot be used */
    public void rejected(int events) {
        rejected.add(events);
    }

    /** @param events how many events are not for this mapping */
    public void skipped(int events) {
        skipped.add(events);
    }

    /** @return id of the mapping */
    public String mapping() {
        return mapping;
    }

    /** @return membership changes that events have become */
    public double sumOfMapped() {
        return mapped.sum();
    }

    /** @return events that could not be used */
    public double sumOfRejected() {
        return rejected.sum();
    }

    /** @return events that were not for this mapping */
    public double sumOfSkipped() {
        return skipped.sum();
    }
}
