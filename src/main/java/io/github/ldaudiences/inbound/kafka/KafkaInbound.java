package io.github.ldaudiences.inbound.kafka;

import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.secret.Secret;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * State that the Kafka consumers of this process share: the backlog, their lag, and the problems that keep them from
 * reading.
 */
public final class KafkaInbound {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaInbound.class);

    /** The uncommitted records of one consumer: how many, and since when the oldest waits, or less than 0. */
    private record Lag(long records, long sinceMs) {}

    private final Backlog backlog;
    private final Runnable completeOpenBatches;
    private final Runnable othersMaySend;
    private final ThreadLocal<SettledOffsetsConsumer> polling = new ThreadLocal<>();
    private final Map<Object, String> problems = new ConcurrentHashMap<>();
    private final Map<Object, Lag> lags = new ConcurrentHashMap<>();
    private final Set<Object> consumers = ConcurrentHashMap.newKeySet();

    /**
     * @param backlog the events in memory, from any source
     * @param completeOpenBatches completes every open batch
     * @param othersMaySend is called when partitions are reassigned
     */
    public KafkaInbound(Backlog backlog, Runnable completeOpenBatches, Runnable othersMaySend) {
        this.backlog = backlog;
        this.completeOpenBatches = completeOpenBatches;
        this.othersMaySend = othersMaySend;
    }

    /** Registers a consumer that polls on this thread, which is also the thread that hands its records on. */
    void polls(SettledOffsetsConsumer consumer) {
        polling.set(consumer);
    }

    /** @return the consumer whose records are handed on by this thread */
    SettledOffsetsConsumer consumerOfThisThread() {
        SettledOffsetsConsumer consumer = polling.get();
        if (consumer == null) {
            throw new IllegalStateException("The records do not come from a consumer of the bundle's own.");
        }
        return consumer;
    }

    boolean isBacklogFull() {
        return backlog.isFull();
    }

    boolean hasBacklogRoom() {
        return backlog.hasRoom();
    }

    void completeOpenBatches() {
        completeOpenBatches.run();
    }

    /** Partitions are reassigned: another process now handles the people in them, or may have done so. */
    void partitionsChangeHands() {
        othersMaySend.run();
    }

    /**
     * Reports a consumer's uncommitted records.
     *
     * @param records how many records
     * @param sinceMs Kafka's time of the oldest of them, in epoch milliseconds; less than 0 if there is none or it is
     *     not known
     */
    void lag(Object consumer, long records, long sinceMs) {
        lags.put(consumer, new Lag(records, sinceMs));
    }

    /** Reports that a consumer has been created. */
    void begin(Object consumer) {
        consumers.add(consumer);
    }

    /** Reports that a consumer has ended, or that a partition has been assigned to another consumer. */
    void forget(Object consumer) {
        consumers.remove(consumer);
        lags.remove(consumer);
        problems.remove(consumer);
    }

    /** Returns the root cause: Kafka wraps it in the operation that failed because of it. */
    static String firstCause(Throwable failure) {
        Throwable first = failure;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        return first.getMessage() == null ? first.toString() : first.getMessage();
    }

    /** Reports that a consumer cannot read, or cannot read one of its partitions. Each new reason is logged once. */
    void problem(Object consumer, String sentence) {
        String problem = Secret.maskIn(sentence); // parts of it come from the brokers
        String before = problems.put(consumer, problem);
        if (!problem.equals(before)) {
            LOG.warn("No events from Kafka: {}", problem);
        }
    }

    /** Reports that a consumer can read, or can read one of its partitions again. */
    void noProblem(Object consumer) {
        if (problems.remove(consumer) != null) {
            LOG.info("Events from Kafka can be read again.");
        }
    }

    /** @return why consumers cannot read, each sentence once; empty if all can */
    public Set<String> problems() {
        return new TreeSet<>(problems.values());
    }

    /** @return whether there are any consumers */
    public boolean hasConsumers() {
        return !consumers.isEmpty();
    }

    /** @return uncommitted records in the partitions of this process, as far as known */
    public long lag() {
        return lags.values().stream().mapToLong(Lag::records).sum();
    }

    /**
     * @return seconds since Kafka's time of the oldest uncommitted record in the partitions of this process; 0 if there
     *     is none, its time is not known or its clock is ahead
     */
    public double lagSeconds() {
        long nowMs = System.currentTimeMillis();
        long longestMs = lags.values().stream()
                .filter(lag -> lag.sinceMs() >= 0)
                .mapToLong(lag -> nowMs - lag.sinceMs())
                .max()
                .orElse(0);
        return Math.max(0, longestMs) / 1000.0;
    }
}
