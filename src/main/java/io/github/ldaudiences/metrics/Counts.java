package io.github.ldaudiences.metrics;

import io.github.ldaudiences.event.ReceiptSummary;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what has happened since the start, cheaply enough to count everything. */
public final class Counts {

    private final Map<String, LongAdder> events = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> rejections = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> batches = new ConcurrentHashMap<>();
    private final LongAdder attempts = new LongAdder();
    private final LongAdder unauthorized = new LongAdder();

    /** Names of the event outcomes. */
    static final String[] EVENT_OUTCOMES = {"delivered", "skipped", "rejected", "failed", "enqueued"};

    /** Names of the batch outcomes. */
    static final String[] BATCH_OUTCOMES = {"delivered", "divide", "rejected", "failed"};

    /**
     * @param summary what became of the events of one inbound exchange, or null if their source must keep them
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
     * @param summary what became of the events of one inbound exchange that are enqueued, or null if their source must
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

    /** @param outcome what became of a batch, in lower case */
    public void batch(String outcome) {
        add(batches, outcome, 1);
    }

    /** A request is about to be sent. */
    public void attempt() {
        attempts.increment();
    }

    /** A request was refused because its sender is not known. */
    public void unauthorized() {
        unauthorized.increment();
    }

    /** @return events by what became of them; failed ones come again from their source */
    public Map<String, Long> events() {
        Map<String, Long> byOutcome = new LinkedHashMap<>();
        for (String outcome : EVENT_OUTCOMES) {
            byOutcome.put(outcome, (long) events(outcome));
        }
        return byOutcome;
    }

    double events(String outcome) {
        return sum(events, outcome);
    }

    double rejections(String code) {
        return sum(rejections, code);
    }

    double batches(String outcome) {
        return sum(batches, outcome);
    }

    double attempts() {
        return attempts.sum();
    }

    double unauthorizedRequests() {
        return unauthorized.sum();
    }

    private static void add(Map<String, LongAdder> counts, String name, long amount) {
        counts.computeIfAbsent(name, created -> new LongAdder()).add(amount);
    }

    private static double sum(Map<String, LongAdder> counts, String name) {
        LongAdder count = counts.get(name);
        return count == null ? 0 : count.sum();
    }
}
