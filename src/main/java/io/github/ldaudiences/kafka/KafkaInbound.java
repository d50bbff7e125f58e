package io.github.ldaudiences.kafka;

import io.github.ldaudiences.destination.Secret;
import io.github.ldaudiences.event.Backlog;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the Kafka consumers of this process share: the backlog, their lag, and what keeps them from reading. */
public final class KafkaInbound {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaInbound.class);

    /** What one consumer has not committed: how many records, and since when the oldest waits, or less than 0. */
    private record Lag(long records, long sinceMs) {}

    private final Backlog backlog;
    private final Runnable completeOpenBatches;
    private final Runnable othersMaySend;
    private final ThreadLocal<SettledOffsetsConsumer> polling = new ThreadLocal<>();
    private final Map<Object, String> problems = new ConcurrentHashMap<>();
    private final Map<Object, Lag> lags = new ConcurrentHashMap<>();
    private final Set<Object> consumers = ConcurrentHashMap.newKeySet();

    /**
     * @param backlog what is in memory, from any source
     * @param completeOpenBatches sends every open batch on its way
     * @param othersMaySend is told that partitions change hands
     */
    public KafkaInbound(Backlog backlog, Runnable completeOpenBatches, Runnable othersMaySend) {
        this.backlog = backlog;
        this.completeOpenBatches = completeOpenBatches;
        this.othersMaySend = othersMaySend;
    }

    /** A consumer polls on this thread, which is the one that hands its records on. */
    void polls(SettledOffsetsConsumer consumer) {
        polling.set(consumer);
    }

    /** @return the consumer whose records are handed on on this thread */
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

    /** Partitions come or go: the people in them are, or may have been, another process's. */
    void partitionsChangeHands() {
        othersMaySend.run();
    }

    /**
     * A consumer has looked at what is not committed of its partitions.
     *
     * @param records how many records
     * @param sinceMs Kafka's time of the oldest of them, in epoch milliseconds; less than 0 if there is none or it is not
     *     known
     */
    void lag(Object consumer, long records, long sinceMs) {
        lags.put(consumer, new Lag(records, sinceMs));
    }

    /** A consumer has been made. */
    void begin(Object consumer) {
        consumers.add(consumer);
    }

    /** A consumer has ended, or a partition is another's now. */
    void forget(Object consumer) {
        consumers.remove(consumer);
        lags.remove(consumer);
        problems.remove(consumer);
    }

    /** Kafka wraps what has happened into what could not be done because of it. */
    static String firstCause(Throwable failure) {
        Throwable first = failure;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        return first.getMessage() == null ? first.toString() : first.getMessage();
    }

    /** A consumer cannot read, or not from one of its partitions; said once in the log for each new reason. */
    void problem(Object consumer, String sentence) {
        String problem = Secret.maskIn(sentence); // some of it is the brokers'
        String before = problems.put(consumer, problem);
        if (!problem.equals(before)) {
            LOG.warn("No events from Kafka: {}", problem);
        }
    }

    /** A consumer can read, or from one of its partitions again. */
    void noProblem(Object consumer) {
        if (problems.remove(consumer) != null) {
            LOG.info("Events from Kafka can be read again.");
        }
    }

    /** @return why consumers cannot read, each sentence once; empty if all can */
    public Set<String> problems() {
        return new TreeSet<>(problems.values());
    }

    /** @return whether there is any consumer */
    public boolean hasConsumers() {
        return !consumers.isEmpty();
    }

    /** @return records in the partitions of this process whose offsets are not committed, as far as known */
    public long lag() {
        return lags.values().stream().mapToLong(Lag::records).sum();
    }

    /**
     * @return seconds since Kafka's time of the oldest record in the partitions of this process whose offset is not
     *     committed; 0 if there is none, its time is not known or its clock is ahead
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
