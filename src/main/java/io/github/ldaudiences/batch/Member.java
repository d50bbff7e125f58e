package io.github.ldaudiences.batch;

import io.github.ldaudiences.event.Attempts;
import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.mapping.MembershipChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One person in a batch: their newest state, and every event that is settled with it. Until it ends, events that only
 * repeat that state may join.
 */
public final class Member {

    // Guarded by this.
    private MembershipChange newest;
    private List<EventOrigin> superseded;
    private final int bytes; // as the first of its changes: the audience key, all that may differ, hardly ever does
    private boolean ended;
    private Attempts attempts = Attempts.NONE;

    Member(MembershipChange change) {
        newest = change;
        bytes = MemberSize.of(change);
    }

    /** @return bytes that it takes in the request */
    int bytes() {
        return bytes;
    }

    /**
     * Keeps the newer of the two states: by event time, and of two at the same time that are not the same, the one that
     * arrived last.
     */
    synchronized void add(MembershipChange change) {
        if (change.eventTime() > newest.eventTime()
                || (change.eventTime() == newest.eventTime() && change.member() != newest.member())) {
            settleAlong(newest.origin());
            newest = change;
        } else {
            settleAlong(change.origin());
        }
    }

    /** Takes over what a later batch has of the same person. */
    void merge(Member later) {
        synchronized (later) {
            add(later.newest);
            if (later.superseded != null) {
                later.superseded.forEach(this::settleAlong);
            }
        }
    }

    /**
     * Lets an event join whose state is this one, or an older one.
     *
     * @param change of the same person
     * @return false if the change is newer, or says otherwise at the same time, or this member has ended
     */
    synchronized boolean join(MembershipChange change) {
        boolean joins = canJoin(change);
        if (joins) {
            settleAlong(change.origin());
        }
        return joins;
    }

    synchronized boolean canJoin(MembershipChange change) {
        return !ended
                && (change.eventTime() < newest.eventTime()
                        || (change.eventTime() == newest.eventTime() && change.member() == newest.member()));
    }

    private synchronized void settleAlong(EventOrigin origin) {
        if (superseded == null) {
            superseded = new ArrayList<>(1);
        }
        superseded.add(origin);
    }

    /** @return the newest state */
    public synchronized MembershipChange newest() {
        return newest;
    }

    /** @param time when one more request with this member is sent */
    synchronized void attempted(Instant time) {
        attempts = attempts.and(time);
    }

    /** @return the requests that it took part in */
    public synchronized Attempts attempts() {
        return attempts;
    }

    /**
     * Ends the member: nothing may join it any more. Only the first call counts.
     *
     * @param action what to do with each event that led to this member's state, superseded ones included
     */
    public void end(Consumer<EventOrigin> action) {
        List<EventOrigin> all;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            all = superseded == null ? List.of() : List.copyOf(superseded);
        }
        all.forEach(action);
        action.accept(newest.origin());
    }

    /** @return the events that led to its state, superseded ones included */
    synchronized List<EventOrigin> origins() {
        List<EventOrigin> origins = superseded == null ? new ArrayList<>(1) : new ArrayList<>(superseded);
        origins.add(newest.origin());
        return origins;
    }

    /** @return when the oldest of its events was handed over, by {@link System#nanoTime()} */
    synchronized long oldestNanos() {
        long oldest = newest.origin().openedNanos();
        if (superseded != null) {
            for (EventOrigin origin : superseded) {
                oldest = origin.openedNanos() - oldest < 0 ? origin.openedNanos() : oldest;
            }
        }
        return oldest;
    }

    /** @return whether any source still waits for any of its events */
    public boolean isAwaited() {
        // Not under the lock: an event whose deadline has passed tells its source so.
        if (newest().origin().isAwaited()) {
            return true;
        }
        List<EventOrigin> others;
        synchronized (this) {
            others = superseded == null ? List.of() : List.copyOf(superseded);
        }
        return others.stream().anyMatch(EventOrigin::isAwaited);
    }
}
