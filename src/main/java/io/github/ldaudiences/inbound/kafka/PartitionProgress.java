package io.github.ldaudiences.inbound.kafka;

import io.github.ldaudiences.event.Receipt;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * How far one partition has been read, and how far its events are settled. The offset to commit is the one before which
 * every event is settled. Used only on the thread of the partition's consumer; receipts settle on any thread.
 */
final class PartitionProgress {

    /** The records that one poll returned from the partition. */
    private record Chunk(long firstOffset, long nextOffset, int records, long firstMs, Receipt receipt) {

        boolean isSettled() {
            return receipt.settled().isDone() && !isFailed();
        }

        boolean isFailed() {
            return receipt.settled().isCompletedExceptionally();
        }
    }

    /** Unknown: nothing has been read yet, or records have no timestamp. */
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
    private long unreadSinceMs = UNKNOWN; // no unread record is older than this

    /**
     * @param retryDelay how long to wait before events that could not be delivered are read again; doubles each time
     * @param maxRetryDelay the longest such wait
     */
    PartitionProgress(Duration retryDelay, Duration maxRetryDelay) {
        this.retryDelay = retryDelay;
        this.maxRetryDelay = maxRetryDelay;
    }

    /**
     * Adds the result of one poll.
     *
     * @param firstOffset offset of its first record
     * @param nextOffset offset after its last record
     * @param records how many records
     * @param times Kafka's times of its first and its last record
     * @param receipt the receipt for all their events
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
     * Extends the time in which events that have been read may be sent. If the time of some has run out, they must be
     * read again, because by now another consumer may have delivered and superseded them.
     *
     * @param untilNanos until when they may be sent, by {@link System#nanoTime()}
     */
    void renew(long untilNanos) {
        if (!chunks.isEmpty() && System.nanoTime() - sendableUntilNanos >= 0) {
            abandon("the group has not heard of this process for too long");
        }
        sendableUntilNanos = untilNanos;
        chunks.forEach(chunk -> chunk.receipt().renew(untilNanos));
    }

    /** @return the offset to commit, if it is beyond the committed one */
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

    /** @param offset the committed offset */
    void committed(long offset) {
        committedOffset = offset;
    }

    /**
     * Discards everything from the first failed event on: it must be read again, in order, after a delay.
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

    /** @return whether reading is paused because events that could not be delivered wait for their retry */
    boolean isHeld() {
        held = held && System.nanoTime() - heldUntilNanos < 0;
        return held;
    }

    /** @return records that have been read but not committed */
    int uncommittedRecords() {
        return uncommittedRecords;
    }

    /** @return how far beyond the committed offset the partition has been read, in offsets */
    long uncommittedOffsets() {
        long read = chunks.isEmpty() ? settledOffset : chunks.peekLast().nextOffset();
        // Before the first commit, count from where reading began.
        return Math.max(0, read - Math.max(committedOffset, firstOffset));
    }

    /** @param nowMs the current time, in epoch milliseconds, at which there are no unread records */
    void nothingUnread(long nowMs) {
        unreadSinceMs = nowMs;
    }

    /**
     * @param unread whether there are unread records
     * @return Kafka's time of the oldest uncommitted record, in epoch milliseconds, or {@link #UNKNOWN}. For an unread
     *     record, this is a time that it cannot be older than
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
     * Abandons what is not settled: it will be read again, perhaps by another consumer.
     *
     * @param reason why
     * @return completes when none of it is in flight any more
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
