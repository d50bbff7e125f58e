package io.github.ldaudiences.event;

import io.github.ldaudiences.problem.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/**
 * Tracks the events of one inbound exchange. It settles when each of its events is delivered, skipped or dead-lettered.
 * It fails when an event could not be, or when its deadline passes.
 *
 * <p>An event may lead to several changes, one for each mapping. Each change is announced with
 * {@link EventOrigin#expect()} while the intake is open, and ends in exactly one of {@link EventOrigin#delivered()},
 * {@link RejectedEvent#settle()} and {@link EventOrigin#failed(Throwable)}.
 *
 * <p>If a receipt fails, its source sends all of its events again, including rejected ones. So rejected events are held
 * with {@link EventOrigin#hold}, and written to the dead letter only when everything else has succeeded.
 */
public final class Receipt {

    /** Replaces the number of outstanding changes when the receipt is over. */
    private static final int OVER = -1;

    private static final AtomicLong LAST_ID = new AtomicLong();

    private final long id = LAST_ID.incrementAndGet();
    private final Backlog backlog;
    private final boolean renewable;
    private final Intake intake;
    private final boolean intakeIsOwn;
    private final long opened = System.currentTimeMillis();
    private final long openedNanos = System.nanoTime();
    private volatile long deadlineNanos;
    private final CompletableFuture<ReceiptSummary> settled = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private CompletableFuture<?> earlier = CompletableFuture.completedFuture(null);

    // Guarded by this, like the outcome flags of the events.
    private boolean intakeOpen = true;
    private int received;
    private long bytes;
    private int outstanding = 1; // starts with the intake itself; excludes the rejections that are held
    private int held;
    private Consumer<Boolean> whenRestHasEnded;
    private int delivered;
    private int rejected;
    private List<ReceiptSummary.Rejection> rejections;
    private Throwable failure;

    /**
     * Opens a receipt.
     *
     * @param backlog what the events of this receipt count against once admitted
     * @param timeout how long the source waits
     */
    public Receipt(Backlog backlog, Duration timeout) {
        this(backlog, timeout, false, new Intake(), true);
    }

    /**
     * Opens a receipt for a source that has more to hand on than this receipt's events.
     *
     * @param backlog what the events of this receipt count against once admitted
     * @param timeout how long the source waits
     * @param intake the intake of the source, which ends it
     */
    public Receipt(Backlog backlog, Duration timeout, Intake intake) {
        this(backlog, timeout, false, intake, false);
    }

    private Receipt(Backlog backlog, Duration timeout, boolean renewable, Intake intake, boolean intakeIsOwn) {
        this.backlog = backlog;
        this.renewable = renewable;
        this.intake = intake;
        this.intakeIsOwn = intakeIsOwn;
        this.deadlineNanos = System.nanoTime() + timeout.toNanos();
    }

    /**
     * Opens a receipt for a source that waits without a limit but must renew the receipt regularly. A source that has
     * lost its claim on the events cannot renew it.
     *
     * @param backlog what the events of this receipt count against once admitted
     * @param timeout how long it waits unless it is renewed
     * @param intake the intake of the source, which ends it
     * @return the receipt
     */
    public static Receipt renewable(Backlog backlog, Duration timeout, Intake intake) {
        return new Receipt(backlog, timeout, true, intake, false);
    }

    /**
     * Makes this receipt follow another one: if that fails, the source sends the events of both again. Rejected events
     * of this receipt are held until the other one, and all that it follows, have settled. Call this before any event
     * is handed on. A source whose receipt fails must abandon the receipts that follow it.
     *
     * @param previous the receipt before this one in the same partition or file
     */
    public void follow(Receipt previous) {
        earlier = CompletableFuture.allOf(previous.earlier, previous.settled);
    }

    /**
     * Renews the receipt, because its source still waits.
     *
     * @param untilNanos until when, by {@link System#nanoTime()}
     */
    public void renew(long untilNanos) {
        deadlineNanos = untilNanos;
    }

    /**
     * Takes room in the backlog for the events that have been read. It is given back when the last of them has left
     * memory, which may be after the deadline.
     *
     * @param eventCount events that were read
     * @param byteCount bytes that they hold in memory
     * @return false if there is no room; then nothing of this receipt may continue
     */
    public boolean admit(int eventCount, long byteCount) {
        if (!backlog.tryTake(eventCount, byteCount)) {
            return false;
        }
        admitted(eventCount, byteCount);
        return true;
    }

    /**
     * Takes room in the backlog as {@link #admit} does, but beyond its limits if necessary. This is for a source that
     * has read these events, cannot put them back, and reads no more while the backlog is full.
     *
     * @param eventCount events that were read
     * @param byteCount bytes that they hold in memory
     */
    public void admitAlways(int eventCount, long byteCount) {
        backlog.take(eventCount, byteCount);
        admitted(eventCount, byteCount);
    }

    /**
     * Call this once the events have been admitted. None of them is held until then.
     *
     * @param counts is given the results of the events, null if their source keeps them, and their number
     */
    public void whenSettled(ObjIntConsumer<ReceiptSummary> counts) {
        int size = received;
        settled.whenComplete((summary, abandoned) -> counts.accept(summary, size));
    }

    /** @param byteCount how many bytes fewer the events hold in memory than when they were admitted */
    public void holdsLess(long byteCount) {
        synchronized (this) {
            if (outstanding == OVER) {
                return; // all of it has been given back
            }
            bytes -= byteCount;
        }
        backlog.giveBack(0, byteCount);
    }

    private void admitted(int eventCount, long byteCount) {
        received = eventCount;
        bytes = byteCount;
        backlog.begin(this);
        if (!renewable) {
            long left = deadlineNanos - System.nanoTime();
            settled.orTimeout(Math.max(0, left), TimeUnit.NANOSECONDS);
        }
    }

    /**
     * Abandons the receipt, because the source no longer waits: its events will come again, perhaps in another process.
     * No more of them are sent.
     *
     * @param reason why, for the log
     */
    public void abandon(String reason) {
        settled.completeExceptionally(new UndeliveredException(reason));
    }

    /**
     * Fails the receipt if the intake is still open: not all of its events could be handed on, and nothing will ever
     * end the changes that they announced.
     *
     * @param cause what went wrong
     */
    public void giveUp(Throwable cause) {
        boolean someHeld;
        synchronized (this) {
            if (!intakeOpen) {
                return;
            }
            intakeOpen = false;
            failure = cause;
            outstanding = OVER;
            someHeld = held > 0;
            held = 0;
        }
        if (someHeld) {
            whenRestHasEnded.accept(false);
        }
        finish();
        endOwnIntake();
    }

    /** Ends the intake: every change has been announced. Only the first call counts. */
    public void intakeDone() {
        synchronized (this) {
            if (!intakeOpen) {
                return;
            }
            intakeOpen = false;
        }
        settleOne();
        endOwnIntake();
    }

    private void endOwnIntake() {
        if (intakeIsOwn) {
            intake.end();
        }
    }

    Intake intake() {
        return intake;
    }

    /** @return completes with the summary, or exceptionally when an event could not be completed in time */
    public CompletableFuture<ReceiptSummary> settled() {
        return settled;
    }

    /** @return completes when nothing of this receipt is in flight any more, which may be after its deadline */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /** @return whether the source still waits for this receipt; if not, it will send its events again */
    public boolean isAwaited() {
        if (System.nanoTime() - deadlineNanos >= 0) {
            // This is final: a caller that gets false leaves its events out, so they must not count as delivered later.
            abandon("the deadline has passed");
        }
        return !settled.isDone();
    }

    /** @return its ID, unique in this process */
    String id() {
        return Long.toString(id);
    }

    /** @return whether it may still succeed: nothing of it has failed, and its source waits for it */
    boolean canSettle() {
        synchronized (this) {
            if (outstanding == OVER || failure != null) {
                return false;
            }
        }
        return isAwaited();
    }

    /** @return when its events arrived, in epoch milliseconds */
    long opened() {
        return opened;
    }

    /** @return when its events arrived, by {@link System#nanoTime()} */
    long openedNanos() {
        return openedNanos;
    }

    synchronized void expect() {
        if (outstanding != OVER) {
            outstanding++;
        }
    }

    void delivered(EventOrigin event) {
        synchronized (this) {
            if (event.mark(EventOrigin.DELIVERED) && !event.has(EventOrigin.REJECTED)) {
                delivered++;
            }
        }
        settleOne();
    }

    void rejected(EventOrigin event, String messageId, Problem problem) {
        synchronized (this) {
            if (event.mark(EventOrigin.REJECTED)) {
                rejected++;
                if (event.has(EventOrigin.DELIVERED)) {
                    delivered--;
                }
            }
            if (rejections == null) {
                rejections = new ArrayList<>();
            }
            rejections.add(new ReceiptSummary.Rejection(event.index(), messageId, problem));
        }
        settleOne();
    }

    void failed(Throwable cause) {
        synchronized (this) {
            if (failure == null) {
                failure = cause;
            }
        }
        settleOne();
    }

    /** Holds one announced rejection from now on. */
    void hold(Consumer<Boolean> whenRestHasEnded) {
        boolean over;
        synchronized (this) {
            over = outstanding == OVER;
            if (!over) {
                held++;
                this.whenRestHasEnded = whenRestHasEnded;
            }
        }
        if (over) {
            whenRestHasEnded.accept(false);
        } else {
            settleOne();
        }
    }

    private void settleOne() {
        boolean someHeld;
        boolean hasFailed;
        synchronized (this) {
            if (outstanding == OVER || --outstanding != 0) {
                return;
            }
            someHeld = held > 0;
            hasFailed = failure != null;
            if (!someHeld) {
                outstanding = OVER;
            }
        }
        if (!someHeld) {
            finish();
        } else if (hasFailed) {
            endHolding();
        } else {
            // Whichever comes first. If an earlier receipt fails, the source abandons this one.
            earlier.thenRun(this::endHolding);
            settled.whenComplete((summary, abandoned) -> endHolding());
        }
    }

    private void endHolding() {
        boolean awaited = isAwaited();
        boolean write;
        synchronized (this) {
            if (held == 0) {
                return; // another thread has done it, or it was done before
            }
            write = awaited && failure == null;
            outstanding = write ? held : OVER;
            held = 0;
        }
        whenRestHasEnded.accept(write);
        if (!write) {
            finish();
        }
    }

    /** Completes the receipt. Everything has ended, and {@link #outstanding} says so. */
    private void finish() {
        backlog.giveBack(received, bytes);
        backlog.end(this);
        // Outside the lock: completing runs the rest of the inbound route.
        if (failure != null) {
            settled.completeExceptionally(failure);
        } else {
            settled.complete(summary());
        }
        ended.complete(null);
    }

    private ReceiptSummary summary() {
        List<ReceiptSummary.Rejection> reasons = List.of();
        if (rejections != null) {
            rejections.sort(Comparator.comparingInt(ReceiptSummary.Rejection::index));
            reasons = List.copyOf(rejections);
        }
        return new ReceiptSummary(received, delivered, received - delivered - rejected, rejected, reasons);
    }
}
