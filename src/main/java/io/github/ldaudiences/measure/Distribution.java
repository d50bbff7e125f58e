package io.github.ldaudiences.measure;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/**
 * A histogram: counts how many values fall into each of a few ranges, and sums them up. Any number of threads may add
 * values. Adding equal values at once costs as much as adding one.
 */
public final class Distribution {

    private static final double[] SECONDS = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300};
    private static final double[] SIZES = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000};

    private final double[] bounds;
    private final LongAdder[] counts; // the last one counts values beyond all bounds
    private final DoubleAdder sum = new DoubleAdder();

    private Distribution(double[] bounds) {
        this.bounds = bounds;
        this.counts = new LongAdder[bounds.length + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /** @return a distribution of durations in seconds, in ranges from 10 milliseconds to five minutes */
    public static Distribution ofSeconds() {
        return new Distribution(SECONDS);
    }

    /** @return a distribution of numbers of things, in ranges from 1 to 10,000 */
    public static Distribution ofSizes() {
        return new Distribution(SIZES);
    }

    /**
     * @param value a value; negative ones count as 0, because durations are not negative
     * @param times how often to add it, from 0
     */
    public void add(double value, long times) {
        double added = Math.max(0, value);
        int range = 0;
        while (range < bounds.length && added > bounds[range]) {
            range++;
        }
        counts[range].add(times);
        sum.add(added * times);
    }

    /** @return how many values have been added */
    public long count() {
        long all = 0;
        for (LongAdder count : counts) {
            all += count.sum();
        }
        return all;
    }

    /** @return the sum of all values */
    public double sum() {
        return sum.sum();
    }

    /** @return the upper bound of each range, in order; the last is infinite */
    public double[] bounds() {
        double[] all = new double[counts.length];
        System.arraycopy(bounds, 0, all, 0, bounds.length);
        all[bounds.length] = Double.POSITIVE_INFINITY;
        return all;
    }

    /** @return the number of values in each range, not cumulative */
    public long[] counts() {
        long[] all = new long[counts.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = counts[i].sum();
        }
        return all;
    }
}
