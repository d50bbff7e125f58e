package io.github.ldaudiences.kafka;

import io.github.ldaudiences.event.Receipt;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * How far one partition has been read, and how far its events are settled. What may be committed is the offset before
 * which every event is settled. Used on the thread of the partition's consumer only; receipts settle on any thread.
 */
final class PartitionProgress {

    /** What one poll brought from the partition. */
    private record Chunk(long firstOffset, long nextOffset, int records, long firstMs, Receipt receipt) {

        boolean isSettled() {
            return receipt.settled().isDone() && !isFailed();
        }

        boolean isFailed() {
            return receipt.settled().isCompletedExceptionally();
        }
    }

    /** Not known: nothing has been read yet, or records have no time. */
    static final long UNKNOWN = -1;

    private final Duration retryDelay;
    private final Duration maxRetryDelay;
    private final Deque<Chunk> chunks = new ArrayDeque<>();
    private int uncommittedRecords;
    private long firstOffset = -1;
    private long settledOffset = -1;
    private long committedOffset = -1;
    private long failedOffset = -1;
    private int failures;
    private long heldUntilNanos;
    private long sendableUntilNanos;
    private boolean held;
    private long unreadSinceMs = UNKNOWN; // no record that has not been read is older than that

    /**
     * @param retryDelay how long to wait before events that could not be delivered are read again; doubles each time
     * @param maxRetryDelay the longest such wait
     */
    PartitionProgress(Duration retryDelay, Duration maxRetryDelay) {
        this.retryDelay = retryDelay;
        this.maxRetryDelay = maxRetryDelay;
    }

    /**
     * Adds what one poll brought.
     *
     * @param firstOffset offset of its first record
     * @param nextOffset offset after its last record
     * @param records how many records
     * @param times Kafka's times of its first and its last record
     * @param receipt what all their events are settled with
     */
    void add(long firstOffset, long nextOffset, int records, RecordTimes times, Receipt receipt) {
        if (this.firstOffset < 0) {
            this.firstOffset = firstOffset;
        }
        receipt.renew(sendableUntilNanos);
        if (!chunks.isEmpty()) {
            receipt.follow(chunks.getLast().receipt());
        }
        chunks.add(new Chunk(firstOffset, nextOffset, records, times.firstMs(), receipt));
        uncommittedRecords += records;
        unreadSinceMs = times.lastMs();
    }

    /**
     * Lets what has been read be sent for longer; but what could not be sent any more must be read again, for by now it
     * may have been delivered, and superseded, by another consumer.
     *
     * @param untilNanos until when it may be sent, by {@link System#nanoTime()}
     */
    void renew(long untilNanos) {
        if (!chunks.isEmpty() && System.nanoTime() - sendableUntilNanos >= 0) {
            abandon("the group has not heard of this process for too long");
        }
        sendableUntilNanos = untilNanos;
        chunks.forEach(chunk -> chunk.receipt().renew(untilNanos));
    }

    /** @return the offset to commit, if it is further than what has been committed */
    OptionalLong committable() {
        while (!chunks.isEmpty() && chunks.peekFirst().isSettled()) {
            Chunk chunk = chunks.removeFirst();
            uncommittedRecords -= chunk.records();
            settledOffset = chunk.nextOffset();
            if (settledOffset > failedOffset) {
                failures = 0;
            }
        }
        return settledOffset > committedOffset ? OptionalLong.of(settledOffset) : OptionalLong.empty();
    }

    /** @param offset what has been committed */
    void committed(long offset) {
        committedOffset = offset;
    }

    /**
     * Forgets what was read from the first failed event on: it must be read again, in order, after a while.
     *
     * @return the offset to read again from, or empty if nothing has failed
     */
    OptionalLong goBack() {
        Chunk failed = chunks.stream().filter(Chunk::isFailed).findFirst().orElse(null);
        if (failed == null) {
            return OptionalLong.empty();
        }
        Chunk forgotten;
        do {
            forgotten = chunks.removeLast();
            uncommittedRecords -= forgotten.records();
            forgotten.receipt().abandon("an earlier event of the partition could not be delivered");
        } while (forgotten != failed);
        failedOffset = failed.firstOffset();
        unreadSinceMs = failed.firstMs();
        Duration delay = retryDelay.multipliedBy(1L << Math.min(failures++, 20));
        heldUntilNanos = System.nanoTime() + (delay.compareTo(maxRetryDelay) < 0 ? delay : maxRetryDelay).toNanos();
        held = true;
        return OptionalLong.of(failedOffset);
    }

    /** @return whether nothing is to be read for now, because what could not be delivered waits for its next try */
    boolean isHeld() {
        held = held && System.nanoTime() - heldUntilNanos < 0;
        return held;
    }

    /** @return records that have been read and not committed */
    int uncommittedRecords() {
        return uncommittedRecords;
    }

    /** @return how far beyond the committed offset the partition has been read, in offsets */
    long uncommittedOffsets() {
        long read = chunks.isEmpty() ? settledOffset : chunks.peekLast().nextOffset();
        // Before the first commit, what was committed is where reading began.
        return Math.max(0, read - Math.max(committedOffset, firstOffset));
    }

    /** @param nowMs the time now, in epoch milliseconds, at which all that there is has been read */
    void nothingUnread(long nowMs) {
        unreadSinceMs = nowMs;
    }

    /**
     * @param unread whether there are records that have not been read
     * @return Kafka's time of the oldest record that is not committed, in epoch milliseconds, or {@link #UNKNOWN}. Of one
     *     that has not been read it is the time that it cannot be older than
     */
    long uncommittedSinceMs(boolean unread) {
        if (!chunks.isEmpty()) {
            return chunks.peekFirst().firstMs();
        }
        return unread ? unreadSinceMs : UNKNOWN;
    }

    /** @return completes when every event that was read is settled, exceptionally if one has failed */
    CompletableFuture<Void> settled() {
        List<CompletableFuture<?>> all = new ArrayList<>();
        chunks.forEach(chunk -> all.add(chunk.receipt().settled()));
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    /**
     * Gives up what is not settled: it will be read again, perhaps by somebody else.
     *
     * @param reason why
     * @return completes when nothing of it is under way any more
     */
    CompletableFuture<Void> abandon(String reason) {
        List<CompletableFuture<?>> all = new ArrayList<>();
        chunks.forEach(chunk -> {
            chunk.receipt().abandon(reason);
            all.add(chunk.receipt().ended());
        });
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }
}
