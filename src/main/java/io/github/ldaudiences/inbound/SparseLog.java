package io.github.ldaudiences.inbound;

import java.util.concurrent.TimeUnit;

/** Counts what happens often, and says every half minute at most that it is time for a line in the log. */
public final class SparseLog {

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(30);

    private long nextLineNanos = System.nanoTime();
    private int unsaid;

    /** @return how often it has happened since the last line, this time included; 0 if it is too early for another */
    public synchronized int happened() {
        unsaid++;
        if (System.nanoTime() - nextLineNanos < 0) {
            return 0;
        }
        int times = unsaid;
        unsaid = 0;
        nextLineNanos = System.nanoTime() + PERIOD_NANOS;
        return times;
    }
}
