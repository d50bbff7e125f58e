package io.github.ldaudiences.batch;

import io.github.ldaudiences.event.Attempts;
import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.mapping.MembershipChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One person in a batch: the newest state, and every event that is settled with it. Until it ends, events that only
 * repeat that state may join.
 */
public final class Member {

    // Guarded by this.
    private MembershipChange newest;
    private List<EventOrigin> superseded;
    private final int bytes; // of the first change: others can differ only in the audience key, and rarely do
    private boolean ended;
    private Attempts attempts = Attempts.NONE;

    Member(MembershipChange change) {
        newest = change;
        bytes = MemberSize.of(change);
    }

    /** @return the bytes that it takes in the request */
    int bytes() {
        return bytes;
    }

    /**
     * Keeps the newer of the two states, by event time. Of two different states with the same time, the last to arrive
     * wins.
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

    /** Takes over the state and events that a later batch has for the same person. */
    void merge(Member later) {
        synchronized (later) {
            add(later.newest);
            if (later.superseded != null) {
                later.superseded.forEach(this::settleAlong);
            }
        }
    }

    /**
     * Lets an event join if its state is this one or an older one.
     *
     * @param change a change of the same person
     * @return false if the change is newer, has another state with the same time, or this member has ended
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

    /** @return the person, the same for every state */
    String contextKey() {
        return newest().contextKey();
    }

    /** @return the newest state */
    public synchronized MembershipChange newest() {
        return newest;
    }

    /** @param time when another request with this member is sent */
    synchronized void attempted(Instant time) {
        attempts = attempts.and(time);
    }

    /** @return the requests that it was part of */
    public synchronized Attempts attempts() {
        return attempts;
    }

    /**
     * Ends the member: no event can join it afterwards. Only the first call has an effect.
     *
     * @param action what to do with each event of this member, superseded ones included
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

    /** @return its events, superseded ones included */
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

    /**
     * Unlike {@link #isAwaited()}, this informs no source, so it may be called while a lock is held.
     *
     * @return whether an event has joined since no source waited for it
     */
    boolean isAwaitedAgain() {
        return origins().stream().anyMatch(origin -> !origin.isOver());
    }

    /** @return whether any source still waits for one of its events */
    public boolean isAwaited() {
        // Outside the lock, because an event whose deadline has passed informs its source.
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
