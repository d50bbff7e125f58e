package io.github.ldaudiences.delivery;

import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.measure.Distribution;

/**
 * Adds the ages of a batch's events to a distribution. Events that came in together follow each other in a batch, and are
 * added at once. By {@link System#nanoTime()}, so that no clock that is set can make an age negative.
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

    /** All events have been added. */
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
