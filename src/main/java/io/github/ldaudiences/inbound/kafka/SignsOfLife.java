package io.github.ldaudiences.inbound.kafka;

import java.time.Duration;
import java.util.function.Function;
import org.apache.kafka.common.Metric;

/**
 * Knows when the consumer group last heard from this process. Events that have been read may be sent for a while after
 * that. Then their partitions may belong to another consumer.
 */
final class SignsOfLife {

    private final Duration enough;
    private final Function<String, Metric> metrics;
    private Metric heartbeats;
    private double heartbeatsSeen;
    private long lastPollNanos = System.nanoTime();
    private long heardOfNanos = lastPollNanos;
    private boolean isHeardOf = true;

    /**
     * @param enough how long a sign of life lasts
     * @param metrics finds a metric of the consumer, or null
     */
    SignsOfLife(Duration enough, Function<String, Metric> metrics) {
        this.enough = enough;
        this.metrics = metrics;
    }

    /**
     * Call this at each poll.
     *
     * @return until when the last sign of life lasts, by {@link System#nanoTime()}
     */
    long look() {
        if (heartbeats == null) {
            heartbeats = metrics.apply("heartbeat-total"); // counts heartbeats that were answered
        }
        double answered = heartbeats == null ? heartbeatsSeen + 1 : (Double) heartbeats.metricValue();
        if (answered > heartbeatsSeen) {
            heartbeatsSeen = answered;
            heardOfNanos = lastPollNanos; // the response arrived at some time since then
        }
        lastPollNanos = System.nanoTime();
        isHeardOf = until() - lastPollNanos > 0;
        return until();
    }

    /**
     * Counts what the group has sent just now as a sign of life.
     *
     * @return until when it lasts, by {@link System#nanoTime()}
     */
    long heardOf() {
        heardOfNanos = System.nanoTime();
        return until();
    }

    private long until() {
        return heardOfNanos + enough.toNanos();
    }

    /** @return whether the last sign of life lasted when the consumer last polled */
    boolean isHeardOf() {
        return isHeardOf;
    }

    /** @return how often to look for signs of life */
    Duration interval() {
        return enough.dividedBy(4);
    }
}
