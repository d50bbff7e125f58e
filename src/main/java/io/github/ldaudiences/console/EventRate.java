package io.github.ldaudiences.console;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Measures events per second by sampling their count. */
public final class EventRate {

    private static final int SAMPLES = 11;

    private record Sample(long count, long nanos) {}

    private final LongSupplier count;
    private final LongSupplier nanoTime;

    // Guarded by this; the oldest first.
    private final Deque<Sample> samples = new ArrayDeque<>(SAMPLES);

    /** @param count the number of events so far */
    public EventRate(LongSupplier count) {
        this(count, System::nanoTime);
    }

    EventRate(LongSupplier count, LongSupplier nanoTime) {
        this.count = count;
        this.nanoTime = nanoTime;
    }

    /** Takes a sample. Call it once a second. */
    public synchronized void sample() {
        if (samples.size() == SAMPLES) {
            samples.removeFirst();
        }
        samples.addLast(new Sample(count.getAsLong(), nanoTime.getAsLong()));
    }

    /** @return events per second over the last ten seconds, or fewer at first; 0 if nothing has been sampled yet */
    public synchronized double perSecond() {
        if (samples.size() < 2) {
            return 0;
        }
        Sample first = samples.getFirst();
        Sample last = samples.getLast();
        double seconds = (last.nanos() - first.nanos()) / (double) TimeUnit.SECONDS.toNanos(1);
        return seconds <= 0 ? 0 : Math.round((last.count() - first.count()) / seconds * 10) / 10.0;
    }
}
