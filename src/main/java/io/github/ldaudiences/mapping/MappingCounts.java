package io.github.ldaudiences.mapping;

import java.util.concurrent.atomic.LongAdder;

/** Counts the results of one mapping. */
public final class MappingCounts {

    private final String mapping;
    private final LongAdder mapped = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder skipped = new LongAdder();

    /** @param mapping id of the mapping */
    public MappingCounts(String mapping) {
        this.mapping = mapping;
    }

    /** @param changes how many membership changes were made from events */
    public void mapped(int changes) {
        mapped.add(changes);
    }

    /** @param events how many events were rejected */
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

    /** @return how many membership changes were made from events */
    public double sumOfMapped() {
        return mapped.sum();
    }

    /** @return how many events were rejected */
    public double sumOfRejected() {
        return rejected.sum();
    }

    /** @return how many events were not for this mapping */
    public double sumOfSkipped() {
        return skipped.sum();
    }
}
