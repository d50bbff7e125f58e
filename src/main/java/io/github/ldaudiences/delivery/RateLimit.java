package io.github.ldaudiences.delivery;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Tracks how many requests LaunchDarkly accepts with one service token, according to its answers. All destinations with
 * the token share one instance. Waits are measured with {@link System#nanoTime()}, so that they do not depend on
 * clocks.
 *
 * <p>While nothing is known (at first, and at the beginning of each window), a single request is sent first, and its
 * answer tells how many may follow. So a window that another client has used up costs one refusal, not one for each
 * request that could be sent.
 */
public final class RateLimit {

    private static final int UNKNOWN = -1;
    private static final int UNLIMITED = Integer.MAX_VALUE;

    /** How long the others wait for the answer to that single request. */
    private static final long ALONE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** How often a request looks whether it is the next, if it is not told. */
    private static final long TURN_MS = 100;

    /** Pauses shorter than this are not worth making. */
    private static final long PACED_FROM_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final long retryDelayMs;
    private final long maxWaitMs;
    private final LongSupplier nanoTime;
    private final LongAdder refused = new LongAdder();
    private volatile List<RequestsLeft> told = List.of();

    // Guarded by this.
    private int underWay;
    private int left = UNKNOWN; // of the current window, as last reported; sent requests may be included or not
    private boolean endKnown;
    private long endNanos;
    private long heldUntilNanos;
    private long aloneUntilNanos;
    private long lastEnteredNanos;
    private int refusals;
    private final Deque<Object> line = new ArrayDeque<>(); // requests that want to be sent, in order

    /**
     * @param retryDelayMs how long to wait after a refusal that does not say how long, in milliseconds; doubles each
     *     time
     * @param maxWaitMs the longest wait, whatever LaunchDarkly requests, in milliseconds
     */
    public RateLimit(long retryDelayMs, long maxWaitMs) {
        this(retryDelayMs, maxWaitMs, System::nanoTime);
    }

    RateLimit(long retryDelayMs, long maxWaitMs, LongSupplier nanoTime) {
        this.retryDelayMs = retryDelayMs;
        this.maxWaitMs = maxWaitMs;
        this.nanoTime = nanoTime;
        this.heldUntilNanos = nanoTime.getAsLong();
        this.aloneUntilNanos = heldUntilNanos;
        this.lastEnteredNanos = heldUntilNanos;
    }

    /**
     * When few requests are left in a window, spreads them over the rest of it. Otherwise small requests could use all
     * of them up in its first moments, and later ones would wait for its end.
     *
     * @return milliseconds until the next request should be sent, 0 for now
     */
    public synchronized long pauseMs() {
        if (!endKnown || left <= 0 || left == UNLIMITED) {
            return 0;
        }
        long now = nanoTime.getAsLong();
        long gapNanos = Math.min((endNanos - now) / left, nanos(maxWaitMs));
        long waitNanos = lastEnteredNanos + gapNanos - now;
        return gapNanos < PACED_FROM_NANOS || waitNanos <= 0 ? 0 : millis(waitNanos);
    }

    /**
     * Says when a request may be sent. Requests take turns in the order in which they first asked. Otherwise one could
     * be overtaken until its source stops waiting. A request that must wait takes a place in line, which the caller must
     * {@link #leaveLine leave}.
     *
     * @param request identifies the request
     * @return milliseconds after which to ask again, 0 if the request is the next and may be sent now
     */
    synchronized long waitMs(Object request) {
        long waitMs = TURN_MS;
        if (line.isEmpty() || line.peekFirst() == request) {
            waitMs = pauseMs();
            waitMs = waitMs > 0 ? waitMs : limitedMs(nanoTime.getAsLong());
        }
        if (waitMs > 0 && !line.contains(request)) {
            line.add(request);
        }
        return waitMs;
    }

    /** @param request a request that is sent now, or not at all, or has something else to wait for */
    synchronized void leaveLine(Object request) {
        if (line.remove(request)) {
            notifyAll();
        }
    }

    /**
     * Asks to send one request now.
     *
     * @return 0 if the request may be sent, whose end must be reported with {@link #answered}, {@link #unanswered} or
     *     {@link #notSent}; otherwise the milliseconds after which to ask again
     */
    public synchronized long tryEnter() {
        long now = nanoTime.getAsLong();
        long waitMs = limitedMs(now);
        if (waitMs > 0) {
            return waitMs;
        }
        if (left == UNKNOWN) {
            aloneUntilNanos = now + ALONE_NANOS;
        }
        underWay++;
        lastEnteredNanos = now;
        return 0;
    }

    private long limitedMs(long now) {
        if (now - heldUntilNanos < 0) {
            return millis(heldUntilNanos - now);
        }
        if (endKnown && now - endNanos >= 0) {
            endKnown = false;
            left = UNKNOWN;
        }
        boolean alone = left == UNKNOWN && underWay > 0;
        if (alone && now - aloneUntilNanos < 0) {
            return millis(aloneUntilNanos - now);
        }
        if (left != UNKNOWN && underWay >= left) {
            return millis(endKnown ? endNanos - now : ALONE_NANOS);
        }
        return 0;
    }

    /**
     * Waits until the state may have changed.
     *
     * @param ms the maximum in milliseconds
     * @throws InterruptedException if the thread is interrupted
     */
    synchronized void await(long ms) throws InterruptedException {
        wait(ms);
    }

    /**
     * Records LaunchDarkly's answer to a request.
     *
     * @param status its HTTP status
     * @param headers the answer's headers
     */
    public synchronized void answered(int status, RateLimitHeaders headers) {
        underWay--;
        long now = nanoTime.getAsLong();
        boolean tooMany = status == 429;
        if (headers.remaining() != RateLimitHeaders.NONE) {
            // Answers may overtake each other, so the lowest number in a window counts. The end of the window is not
            // updated, because the reported end may move.
            left = left == UNKNOWN ? headers.remaining() : Math.min(left, headers.remaining());
            if (!endKnown && headers.resetMs() != RateLimitHeaders.NONE) {
                endKnown = true;
                endNanos = now + nanos(headers.resetMs());
            }
        } else if (left == UNKNOWN) {
            left = UNLIMITED;
        } else if (left != UNLIMITED) {
            left--;
        }
        refusals = tooMany ? refusals + 1 : 0;
        if (tooMany) {
            refused.increment();
        }
        boolean asked = headers.retryAfterMs() != RateLimitHeaders.NONE && status >= 400;
        if (asked || tooMany || left <= 0) {
            hold(now, Math.max(headers.retryAfterMs(), tooMany || left <= 0 ? headers.resetMs() : 0));
        }
        notifyAll();
    }

    /** Records that a request that had leave was not sent. */
    synchronized void notSent() {
        underWay--;
        notifyAll();
    }

    /** Records that no answer has arrived. It is unknown whether LaunchDarkly counts the request; it is assumed to. */
    public synchronized void unanswered() {
        underWay--;
        if (left != UNKNOWN && left != UNLIMITED && --left <= 0) {
            hold(nanoTime.getAsLong(), RateLimitHeaders.NONE);
        }
        notifyAll();
    }

    /** Stops requests for a while. Then a single one is sent first. */
    private void hold(long now, long askedMs) {
        long knownMs = askedMs != RateLimitHeaders.NONE ? askedMs : endKnown ? millis(endNanos - now) : 0;
        long waitMs = knownMs > 0 ? knownMs : retryDelayMs << Math.min(Math.max(0, refusals - 1), 20);
        // Other clients may wait for the same moment.
        long jitterMs = ThreadLocalRandom.current().nextLong(20, 100 + Math.min(waitMs / 10, 1_000));
        long until = now + nanos(Math.min(waitMs + jitterMs, maxWaitMs));
        heldUntilNanos = until - heldUntilNanos > 0 ? until : heldUntilNanos;
        left = UNKNOWN;
        endKnown = false;
    }

    /** @param newest the limits that an answer reports; ignored if empty */
    void told(List<RequestsLeft> newest) {
        if (!newest.isEmpty()) {
            told = newest;
        }
    }

    /** @return the limits in the last answer that reported any */
    public List<RequestsLeft> told() {
        return told;
    }

    /**
     * The state of the current window.
     *
     * @param left requests that are left in it, or null if that is unknown or LaunchDarkly reports no limit
     * @param resetMs milliseconds until it ends, or null if unknown
     * @param waitMs milliseconds until the next request may be sent, 0 for now
     */
    public record Window(Integer left, Long resetMs, long waitMs) {}

    /** @return the current window */
    synchronized Window window() {
        long now = nanoTime.getAsLong();
        boolean current = endKnown && endNanos - now > 0;
        boolean counted = left != UNKNOWN && left != UNLIMITED && (!endKnown || current);
        return new Window(
                counted ? Integer.valueOf(Math.max(0, left)) : null,
                current ? Long.valueOf(millis(endNanos - now)) : null,
                heldUntilNanos - now > 0 ? millis(heldUntilNanos - now) : 0);
    }

    /** @return the number of requests that were refused with 429 */
    public long refused() {
        return refused.sum();
    }

    private static long millis(long nanos) {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
    }

    private static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
