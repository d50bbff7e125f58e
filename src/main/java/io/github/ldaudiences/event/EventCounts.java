package io.github.ldaudiences.event;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the results of events since the start, cheaply enough to count every event. */
public final class EventCounts {

    private final Map<String, LongAdder> events = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> rejections = new ConcurrentHashMap<>();

    /** @return the names of the outcomes */
    public static String[] outcomes() {
        return new String[] {"delivered", "skipped", "rejected", "failed", "enqueued"};
    }

    /**
     * @param summary the results of the events of one inbound exchange, or null if their source must keep them
     * @param received how many there were
     */
    public void settled(ReceiptSummary summary, int received) {
        if (summary == null) {
            add(events, "failed", received);
        } else {
            add(events, "delivered", summary.delivered());
            add(events, "skipped", summary.skipped());
            rejected(summary);
        }
    }

    /**
     * @param summary the results of the events of one inbound exchange that are enqueued, or null if their source must
     *     keep them
     * @param received how many there were
     */
    public void enqueued(ReceiptSummary summary, int received) {
        if (summary == null) {
            add(events, "failed", received);
        } else {
            add(events, "enqueued", summary.delivered());
            rejected(summary);
        }
    }

    private void rejected(ReceiptSummary summary) {
        add(events, "rejected", summary.rejected());
        summary.rejections().forEach(rejection -> add(rejections, rejection.code(), 1));
    }

    /** @return events by outcome; failed ones are sent again by their source */
    public Map<String, Long> events() {
        Map<String, Long> byOutcome = new LinkedHashMap<>();
        for (String outcome : outcomes()) {
            byOutcome.put(outcome, (long) events(outcome));
        }
        return byOutcome;
    }

    /**
     * @param outcome one of {@link #outcomes()}
     * @return how many events had this outcome
     */
    public double events(String outcome) {
        return sum(events, outcome);
    }

    /**
     * @param code the code of a problem with an event
     * @return how many dead letters have this code
     */
    public double rejections(String code) {
        return sum(rejections, code);
    }

    private static void add(Map<String, LongAdder> counts, String name, long amount) {
        counts.computeIfAbsent(name, created -> new LongAdder()).add(amount);
    }

    private static double sum(Map<String, LongAdder> counts, String name) {
        LongAdder count = counts.get(name);
        return count == null ? 0 : count.sum();
    }
}
