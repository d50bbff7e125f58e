package io.github.ldaudiences.event;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the events and bytes in memory between a source and LaunchDarkly, and refuses more than its limits. */
public final class Backlog {

    private final long maxEvents;
    private final long maxBytes;
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final Set<Receipt> underWay = ConcurrentHashMap.newKeySet();

    /**
     * @param maxEvents most events that may wait at the same time, at least 1
     * @param maxBytes most bytes of inbound bodies that may wait at the same time, at least 1
     */
    public Backlog(long maxEvents, long maxBytes) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
    }

    /**
     * Takes room for a body. A body that alone exceeds the limits is admitted when nothing else waits: its size has its
     * own limit, and it could otherwise never be delivered.
     *
     * @param eventCount events in the body
     * @param byteCount bytes of the body
     * @return whether there was room; if false, nothing was taken
     */
    boolean tryTake(int eventCount, long byteCount) {
        long eventsBefore = events.getAndAdd(eventCount);
        long bytesBefore = bytes.getAndAdd(byteCount);
        boolean fits = eventsBefore + eventCount <= maxEvents && bytesBefore + byteCount <= maxBytes;
        if (fits || eventsBefore == 0) {
            return true;
        }
        giveBack(eventCount, byteCount);
        return false;
    }

    /**
     * Takes room for events that have already been read and cannot be refused, beyond the limits if necessary. Their
     * source calls {@link #isFull()} before it reads more.
     *
     * @param eventCount events that were read
     * @param byteCount bytes that they hold
     */
    void take(int eventCount, long byteCount) {
        events.addAndGet(eventCount);
        bytes.addAndGet(byteCount);
    }

    /** @return whether a source that can wait should wait */
    public boolean isFull() {
        return events.get() >= maxEvents || bytes.get() >= maxBytes;
    }

    /** @return whether a source that has waited may continue; this needs room for many events, not for one */
    public boolean hasRoom() {
        return events.get() < maxEvents - maxEvents / 10 && bytes.get() < maxBytes - maxBytes / 10;
    }

    /**
     * Gives back what {@link #tryTake} or {@link #take} took.
     *
     * @param eventCount events in the body
     * @param byteCount bytes of the body
     */
    void giveBack(int eventCount, long byteCount) {
        events.addAndGet(-eventCount);
        bytes.addAndGet(-byteCount);
    }

    /** @param receipt whose events are in flight from now on */
    void begin(Receipt receipt) {
        underWay.add(receipt);
    }

    /** @param receipt whose events have all left memory */
    void end(Receipt receipt) {
        underWay.remove(receipt);
    }

    /** @return seconds since the source handed over the oldest event in flight; 0 if there is none */
    public double oldestSeconds() {
        // Scans all receipts, so that their begin and end, which are far more frequent, stay cheap.
        long now = System.nanoTime();
        long oldestNanos = underWay.stream()
                .mapToLong(receipt -> now - receipt.openedNanos())
                .max()
                .orElse(0);
        return Math.max(0, oldestNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /** @return events that are waiting now */
    public long events() {
        return events.get();
    }

    /** @return most events that may wait at the same time */
    public long maxEvents() {
        return maxEvents;
    }

    /** @return most bytes of inbound bodies that may wait at the same time */
    public long maxBytes() {
        return maxBytes;
    }

    /** @return bytes of inbound bodies that are waiting now */
    public long bytes() {
        return bytes.get();
    }
}
