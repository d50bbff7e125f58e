package io.github.ldaudiences.delivery;

import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.measure.Distribution;

/**
 * Adds the ages of a batch's events to a distribution. Events that arrived together are adjacent in a batch, and are
 * added at once. Ages are measured with {@link System#nanoTime()}, so that changes of the clock cannot make them
 * negative.
 */
final class EventAges {

    private final Distribution seconds;
    private final long nowNanos;
    private long openedNanos;
    private int count;

    EventAges(Distribution seconds, long nowNanos) {
        this.seconds = seconds;
        this.nowNanos = nowNanos;
    }

    void add(EventOrigin origin) {
        if (origin.openedNanos() != openedNanos) {
            addAlike();
            openedNanos = origin.openedNanos();
        }
        count++;
    }

    /** Adds the remaining events. */
    void end() {
        addAlike();
    }

    private void addAlike() {
        if (count > 0) {
            seconds.add(DestinationTraffic.seconds(nowNanos - openedNanos), count);
            count = 0;
        }
    }
}
