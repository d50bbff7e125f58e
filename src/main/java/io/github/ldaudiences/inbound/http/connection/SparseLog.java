package io.github.ldaudiences.inbound.http.connection;

import java.util.concurrent.TimeUnit;

/** Counts frequent events, and allows at most one log line for them every half minute. */
public final class SparseLog {

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(30);

    private long nextLineNanos = System.nanoTime();
    private int unsaid;

    /**
     * @return how often it has happened since the last line, including this time; 0 if it is too early for another line
     */
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
