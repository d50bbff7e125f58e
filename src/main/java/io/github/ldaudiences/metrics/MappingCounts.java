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

    /** An event has become a membership change. */
    public void mapped() {
        mapped.increment();
    }

    /** An event cannot be used. */
    public void rejected() {
        rejected.increment();
    }

    /** An event is not for this mapping. */
    public void skipped() {
        skipped.increment();
    }

    String mapping() {
        return mapping;
    }

    double sumOfMapped() {
        return mapped.sum();
    }

    double sumOfRejected() {
        return rejected.sum();
    }

    double sumOfSkipped() {
        return skipped.sum();
    }
}
