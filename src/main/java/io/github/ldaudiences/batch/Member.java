package io.github.ldaudiences.batch;

import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.mapping.MembershipChange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One person in a batch: their newest state, and every event that is settled with it. */
public final class Member {

    private MembershipChange newest;
    private List<EventOrigin> superseded;

    Member(MembershipChange change) {
        newest = change;
    }

    /** Keeps the newer of the two states: by event time, and among equals the one that arrived last. */
    void add(MembershipChange change) {
        if (superseded == null) {
            superseded = new ArrayList<>(1);
        }
        if (change.eventTime() >= newest.eventTime()) {
            superseded.add(newest.origin());
            newest = change;
        } else {
            superseded.add(change.origin());
        }
    }

    /** Takes over what a later batch has of the same person. */
    void merge(Member later) {
        add(later.newest);
        if (later.superseded != null) {
            superseded.addAll(later.superseded);
        }
    }

    /** @return the newest state */
    public MembershipChange newest() {
        return newest;
    }

    /** @param action what to do with each event that led to this member's state, superseded ones included */
    public void forEachOrigin(Consumer<EventOrigin> action) {
        if (superseded != null) {
            superseded.forEach(action);
        }
        action.accept(newest.origin());
    }

    /** @return whether any source still waits for any of its events */
    public boolean isAwaited() {
        return newest.origin().isAwaited()
                || (superseded != null && superseded.stream().anyMatch(EventOrigin::isAwaited));
    }
}
