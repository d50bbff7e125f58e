package io.github.ldaudiences.delivery;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * How many requests LaunchDarkly takes with one service token, as far as its answers tell: all destinations with the
 * token share one of these. Waits are by {@link System#nanoTime()}, so that no clock can be wrong.
 *
 * <p>While nothing is known (at first, and at the beginning of each window), one request goes ahead alone, and its answer
 * tells how many may follow: thus a window that somebody else has used up costs one refusal and not one for each request
 * that could be under way.
 */
public final class RateLimit {

    private static final int UNKNOWN = -1;
    private static final int UNLIMITED = Integer.MAX_VALUE;

    /** So long the others wait for the answer of the one that went ahead. */
    private static final long ALONE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** A shorter time between two requests is not worth keeping. */
    private static final long PACED_FROM_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final long retryDelayMs;
    private final long maxWaitMs;
    private final LongSupplier nanoTime;
    private final LongAdder refused = new LongAdder();
    private volatile List<RequestsLeft> told = List.of();

    // Guarded by this.
    private int underWay;
    private int left = UNKNOWN; // of the current window when it was last told; what is under way may be in it or not
    private boolean endKnown;
    private long endNanos;
    private long heldUntilNanos;
    private long aloneUntilNanos;
    private long lastEnteredNanos;
    private int refusals;

    /**
     * @param retryDelayMs how long to wait after a refusal that does not say how long, in milliseconds; doubles each time
     * @param maxWaitMs the longest wait, whatever LaunchDarkly says, in milliseconds
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
     * When few requests are left of a window, spreads them over its rest. Otherwise small requests could use up all of
     * them in its first moments, and what comes then would wait for its end.
     *
     * @return in how many milliseconds the next request should go, 0 for now
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
     * Takes leave to send one request, if there is any now.
     *
     * @return 0 if the request may be sent, and its end must be told with {@link #answered} or {@link #unanswered}; else
     *     in how many milliseconds to ask again
     */
    public synchronized long tryEnter() {
        long now = nanoTime.getAsLong();
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
        if (left == UNKNOWN) {
            aloneUntilNanos = now + ALONE_NANOS;
        }
        underWay++;
        lastEnteredNanos = now;
        return 0;
    }

    /**
     * Waits until something may have changed.
     *
     * @param ms milliseconds at most
     * @throws InterruptedException if the thread is
     */
    synchronized void await(long ms) throws InterruptedException {
        wait(ms);
    }

    /**
     * LaunchDarkly has answered a request.
     *
     * @param status its HTTP status
     * @param headers what the answer's headers say
     */
    public synchronized void answered(int status, RateLimitHeaders headers) {
        underWay--;
        long now = nanoTime.getAsLong();
        boolean tooMany = status == 429;
        if (headers.remaining() != RateLimitHeaders.NONE) {
            // Answers overtake each other, so within a window the least counts. Its end stands: it may be one that
            // moves on.
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

    /** No answer has come, so nobody knows whether the request counts; it is taken to. */
    public synchronized void unanswered() {
        underWay--;
        if (left != UNKNOWN && left != UNLIMITED && --left <= 0) {
            hold(nanoTime.getAsLong(), RateLimitHeaders.NONE);
        }
        notifyAll();
    }

    /** Nothing goes for a while, and then one goes ahead. */
    private void hold(long now, long askedMs) {
        long knownMs = askedMs != RateLimitHeaders.NONE ? askedMs : endKnown ? millis(endNanos - now) : 0;
        long waitMs = knownMs > 0 ? knownMs : retryDelayMs << Math.min(Math.max(0, refusals - 1), 20);
        // Others may wait for the same moment.
        long jitterMs = ThreadLocalRandom.current().nextLong(20, 100 + Math.min(waitMs / 10, 1_000));
        long until = now + nanos(Math.min(waitMs + jitterMs, maxWaitMs));
        heldUntilNanos = until - heldUntilNanos > 0 ? until : heldUntilNanos;
        left = UNKNOWN;
        endKnown = false;
    }

    /** @param newest what an answer says about the limits; an answer that says nothing changes nothing */
    void told(List<RequestsLeft> newest) {
        if (!newest.isEmpty()) {
            told = newest;
        }
    }

    /** @return what the last answer that said something has said about the limits */
    public List<RequestsLeft> told() {
        return told;
    }

    /**
     * What is known of the current window.
     *
     * @param left requests that it still has, or null if that is not known or LaunchDarkly names no limit
     * @param resetMs milliseconds until it ends, or null if that is not known
     * @param waitMs milliseconds until the next request may go, 0 for now
     */
    public record Window(Integer left, Long resetMs, long waitMs) {}

    /** @return what is known of the current window now */
    synchronized Window window() {
        long now = nanoTime.getAsLong();
        boolean current = endKnown && endNanos - now > 0;
        boolean counted = left != UNKNOWN && left != UNLIMITED && (!endKnown || current);
        return new Window(
                counted ? Integer.valueOf(Math.max(0, left)) : null,
                current ? Long.valueOf(millis(endNanos - now)) : null,
                heldUntilNanos - now > 0 ? millis(heldUntilNanos - now) : 0);
    }

    /** @return how many requests were refused with 429 */
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
