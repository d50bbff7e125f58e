package io.github.ldaudiences.batch;

import io.github.ldaudiences.event.Replay;
import io.github.ldaudiences.mapping.MembershipChange;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Remembers the newest state of each person in each audience, so that an older event that arrives late, in another
 * batch, does not undo a newer one. Memory is bounded: states that have not changed for long are forgotten first. For
 * forgotten states, the order of arrival counts.
 *
 * <p>Replayed dead letters are old. If no state of the person is remembered, it is unknown whether a replayed state is
 * the newest, unless it is newer than every state that was forgotten or that an earlier process sent.
 */
public final class NewestStates {

    private static final class State {

        private long eventTime;
        private boolean member;
        private boolean delivered;
        private boolean changed; // whether it has changed since it was last the first to be forgotten
        private int era;

        /** Updates in place: replacing long-lived objects is what costs the garbage collector most. */
        void become(MembershipChange change, int currentEra) {
            eventTime = change.eventTime();
            member = change.member();
            delivered = false;
            era = currentEra;
        }

        boolean isOf(MembershipChange change) {
            return change.eventTime() == eventTime && change.member() == member;
        }

        /** Whether a change is neither newer nor the opposite at the same time. */
        boolean covers(MembershipChange change) {
            return change.eventTime() < eventTime || isOf(change);
        }
    }

    private final int max;
    private final EarlierStates earlier;
    private final Map<String, State> states = new LinkedHashMap<>();
    private int era;
    private long horizon; // event time up to which states may exist that are not remembered
    private final LongAdder late = new LongAdder();

    /**
     * @param max the maximum number of states to remember; 0 remembers none
     * @param latestBefore latest event time, in epoch milliseconds, of any state that was sent before now and is not
     *     among the earlier states
     * @param earlier keeps states beyond the life of this process
     */
    public NewestStates(int max, long latestBefore, EarlierStates earlier) {
        horizon = latestBefore;
        this.max = max;
        this.earlier = earlier;
    }

    /**
     * Remembers a change, unless a newer one is known.
     *
     * @param change a change that has arrived
     * @return the change; if it is late, the same change with the newest state: sending that again is harmless, and
     *     settles the late event only when LaunchDarkly has the newer state. Null for a replayed change if it is
     *     unknown which state is newer.
     */
    synchronized MembershipChange newest(MembershipChange change) {
        String key = change.stateKey();
        State known = states.get(key);
        if (known == null && change.eventTime() <= horizon && isReplayed(change)) {
            return null;
        }
        MembershipChange newest = newest(known, change);
        if (newest != change) {
            late.increment();
            return newest;
        }
        if (known != null) {
            known.changed = true;
            known.become(change, era);
        } else {
            State state = new State();
            state.become(change, era);
            states.put(key, state);
            forget();
        }
        return change;
    }

    /**
     * Removes states in the order of their first change. A state that has changed since gets a second turn. Keeping the
     * exact order of the last changes would rewrite the neighbours of each entry, which the garbage collector then has
     * to scan.
     */
    private void forget() {
        while (states.size() > max) {
            Iterator<Map.Entry<String, State>> each = states.entrySet().iterator();
            Map.Entry<String, State> eldest = each.next();
            each.remove();
            State state = eldest.getValue();
            if (state.changed) {
                state.changed = false;
                states.put(eldest.getKey(), state);
            } else if (!state.delivered || !earlier.isKept()) {
                horizon = Math.max(horizon, state.eventTime);
            }
        }
    }

    /** Returns the changes whose states may be known elsewhere. */
    synchronized List<MembershipChange> unknown(Collection<MembershipChange> changes) {
        List<MembershipChange> unknown = new ArrayList<>();
        for (MembershipChange change : changes) {
            State known = states.get(change.stateKey());
            if (known == null || (earlier.isShared() && known.era != era)) {
                unknown.add(change);
            }
        }
        return unknown;
    }

    /**
     * Forgets the states of a person.
     *
     * @param contextKey the person, as LaunchDarkly knows them
     * @param contextKind LaunchDarkly context kind, or null for all
     * @return how many of their states were remembered
     */
    public synchronized int forget(String contextKey, String contextKind) {
        int before = states.size();
        states.keySet().removeIf(stateKey -> MembershipChange.isOf(stateKey, contextKey, contextKind));
        return before - states.size();
    }

    /** Adds a state found in the store, unless a newer one has arrived meanwhile. */
    synchronized void recall(String stateKey, EarlierState found) {
        State known = states.get(stateKey);
        if (known != null && known.eventTime > found.eventTime()) {
            return;
        }
        State state = known == null ? new State() : known;
        state.eventTime = found.eventTime();
        state.member = found.member();
        state.delivered = found.certain();
        // In a shared store, the state that is found includes what other processes have sent.
        state.era = earlier.isShared() ? era : 0;
        if (known == null) {
            states.put(stateKey, state);
            forget();
        }
    }

    /**
     * Records that other processes may send states of the same people from now on: what this process delivered before
     * may not be what LaunchDarkly has.
     */
    public synchronized void othersMaySend() {
        era++;
    }

    /** @param batch a batch that LaunchDarkly has accepted */
    public synchronized void delivered(Batch batch) {
        for (Member member : batch.members()) {
            MembershipChange sent = member.newest();
            State known = states.get(sent.stateKey());
            if (known != null && known.eventTime <= sent.eventTime()) {
                known.delivered = known.isOf(sent); // of two states with one time, the last delivered counts
            }
            earlier.delivered(sent);
        }
    }

    /**
     * @param change a change
     * @return whether LaunchDarkly has its state or a newer one; false for a forced replay, which is sent again
     */
    public synchronized boolean isDelivered(MembershipChange change) {
        State known = states.get(change.stateKey());
        return known != null && known.delivered && known.era == era && known.covers(change) && !isForced(change);
    }

    /**
     * @param change a change
     * @return whether it is newer than the state that LaunchDarkly has, with the same membership; false for a forced
     *     replay
     */
    public synchronized boolean isUnchanged(MembershipChange change) {
        State known = states.get(change.stateKey());
        return known != null
                && known.delivered
                && known.era == era
                && known.member == change.member()
                && known.eventTime < change.eventTime()
                && !isForced(change);
    }

    /** @param change an unchanged state, whose time becomes the newest */
    synchronized void confirm(MembershipChange change) {
        State known = states.get(change.stateKey());
        if (known != null && known.eventTime < change.eventTime()) {
            known.eventTime = change.eventTime();
            earlier.delivered(change);
        }
    }

    /**
     * @param change a change of a replayed event
     * @return why it cannot be delivered and what to do, or null if it can
     */
    public synchronized Problem replayProblem(MembershipChange change) {
        return !isReplayed(change) || change.eventTime() > horizon || states.containsKey(change.stateKey())
                ? null
                : new Problem(
                        ProblemCode.NEWER_STATE_POSSIBLE,
                        "Not replayed: the event is from " + Instant.ofEpochMilli(change.eventTime())
                                + ", and a newer state of " + change.contextKey()
                                + " may have been delivered since. States up to " + Instant.ofEpochMilli(horizon)
                                + " may have been forgotten. To deliver it anyway, replay it"
                                + " with ?force=true.");
    }

    private static boolean isForced(MembershipChange change) {
        Replay replay = change.origin().replay();
        return replay != null && replay.forced();
    }

    private static boolean isReplayed(MembershipChange change) {
        Replay replay = change.origin().replay();
        return replay != null && !replay.forced();
    }

    /**
     * Returns what {@link #newest} would return, but neither remembers nor counts anything.
     *
     * @param change a change that has not arrived
     * @return the change; if it is late, the same change with the newest state
     */
    synchronized MembershipChange known(MembershipChange change) {
        return newest(states.get(change.stateKey()), change);
    }

    private static MembershipChange newest(State known, MembershipChange change) {
        return known != null && known.eventTime > change.eventTime()
                ? change.withState(known.member, known.eventTime)
                : change;
    }

    /** @param change a change that needs no request */
    synchronized void countIfLate(MembershipChange change) {
        State known = states.get(change.stateKey());
        if (known != null && known.eventTime > change.eventTime()) {
            late.increment();
        }
    }

    /** @return how many changes arrived after a newer one for the same person and audience */
    public long late() {
        return late.sum();
    }
}
