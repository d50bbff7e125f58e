package io.github.ldaudiences.memberships;

import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.ReceiptSummary;
import io.github.ldaudiences.store.StateCursor;
import io.github.ldaudiences.store.StateQuery;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The progress of one resync. The thread of its route reads pages; other threads settle them, query the progress and
 * interrupt the resync.
 */
public final class ResyncRun {

    /** The maximum number of pages under way: other events should not have to wait for more. */
    private static final int MAX_PAGES = 4;

    private enum State {
        RUNNING,
        DONE,
        INTERRUPTED,
        FAILED
    }

    /**
     * A page to read.
     *
     * @param after where it begins, or null for the beginning
     * @param again whether it has been read before and could not be delivered
     */
    record Page(StateCursor after, boolean again) {}

    private final StateQuery query;
    private final String to;
    private final Instant startedAt = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    // Guarded by this.
    private final Deque<Page> pages = new ArrayDeque<>(List.of(new Page(null, false)));
    private final Set<Receipt> underWay = new HashSet<>();
    private State state = State.RUNNING;
    private Instant endedAt;
    private Long of;
    private long read;
    private long sent;
    private long rejected;
    private long skipped;
    private String problem;

    /**
     * @param query which states are sent
     * @param to id of the destination that receives them, or null for their own
     */
    ResyncRun(StateQuery query, String to) {
        this.query = query;
        this.to = to;
    }

    StateQuery query() {
        return query;
    }

    String to() {
        return to;
    }

    synchronized boolean isRunning() {
        return state == State.RUNNING;
    }

    /** @return whether to wait before the next page, until others have left memory or must be read again */
    synchronized boolean mustWait() {
        return pages.isEmpty() || underWay.size() >= MAX_PAGES;
    }

    /** @return whether there is nothing left to read, and nothing under way */
    synchronized boolean isAtEnd() {
        return pages.isEmpty() && underWay.isEmpty();
    }

    /** @return the next page, or null if there is none to read */
    synchronized Page next() {
        return pages.poll();
    }

    /** @param page a page that could not be read now */
    synchronized void notRead(Page page, String why) {
        pages.addFirst(page);
        problem = why;
    }

    synchronized void of(long states) {
        of = states;
    }

    /**
     * @param page a page
     * @param next where the next one begins, or null if there is none
     * @param states the number of its states
     * @param leftOut how many of them have no destination any more
     */
    synchronized void read(Page page, StateCursor next, int states, int leftOut) {
        problem = null;
        if (!page.again()) {
            read += states;
            skipped += leftOut;
            if (next != null) {
                pages.add(new Page(next, false));
            }
        }
    }

    /** @param receipt the receipt of a page's states, which are about to be sent */
    void handOn(Page page, Receipt receipt) {
        synchronized (this) {
            underWay.add(receipt);
        }
        receipt.settled().whenComplete((summary, failure) -> settled(page, summary, failure));
        receipt.ended().whenComplete((ended, failure) -> {
            synchronized (this) {
                underWay.remove(receipt);
                notifyAll();
            }
        });
    }

    private synchronized void settled(Page page, ReceiptSummary summary, Throwable failure) {
        if (summary != null) {
            sent += summary.delivered();
            rejected += summary.rejected();
        } else if (state == State.RUNNING) {
            problem = "States could not be delivered and are sent again: " + failure.getMessage();
            pages.addFirst(new Page(page.after(), true));
        }
    }

    /** Waits for a moment, or until a page has left memory. */
    synchronized void await(long milliseconds) throws InterruptedException {
        if (state == State.RUNNING) {
            wait(milliseconds);
        }
    }

    void done() {
        end(State.DONE, null);
    }

    void failed(String why) {
        end(State.FAILED, why);
    }

    void interrupt() {
        end(State.INTERRUPTED, null);
    }

    private void end(State as, String why) {
        List<Receipt> left;
        synchronized (this) {
            if (state != State.RUNNING) {
                return;
            }
            state = as;
            endedAt = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            problem = why;
            left = List.copyOf(underWay);
            notifyAll();
        }
        left.forEach(receipt -> receipt.abandon("the resync has been interrupted"));
    }

    /** @return the progress */
    synchronized Map<String, Object> progress() {
        Map<String, Object> progress = new LinkedHashMap<>();
        progress.put("running", state == State.RUNNING);
        progress.put("state", state.name().toLowerCase(Locale.ROOT));
        progress.put("audience", query.audienceId());
        progress.put("contextKind", query.contextKind());
        progress.put("destination", query.destination());
        progress.put("to", to);
        progress.put("startedAt", startedAt.toString());
        progress.put("endedAt", endedAt == null ? null : endedAt.toString());
        progress.put("of", of);
        progress.put("read", read);
        progress.put("sent", sent);
        progress.put("rejected", rejected);
        progress.put("skipped", skipped);
        progress.put("problem", problem);
        return progress;
    }
}
