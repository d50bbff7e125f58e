package io.github.ldaudiences.batch;

import io.github.ldaudiences.mapping.MembershipChange;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Remembers the newest state of each person in each audience, so that an older event that arrives late, in another
 * batch, does not undo a newer one. Bounded: the states that have not changed for the longest time are forgotten first,
 * and for these the order of arrival counts.
 */
public final class NewestStates {

    private record State(long eventTime, boolean member) {}

    private final Map<String, State> states;
    private final LongAdder late = new LongAdder();

    /** @param max most states to remember; 0 remembers none */
    public NewestStates(int max) {
        states = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, State> eldest) {
                return size() > max;
            }
        };
    }

    /**
     * Remembers a change, unless a newer one is known.
     *
     * @param change a change that has arrived
     * @return the change, or if it is late, the same with the newest state in place of its own: sending that again is
     *     harmless, and settles the late event only when LaunchDarkly has the newer state
     */
    synchronized MembershipChange newest(MembershipChange change) {
        // One text and not a pair, for there are many; no two pairs make the same, or nearly so: ids hold no line
        // breaks.
        String key = change.audience().correlationKey() + '\n' + change.contextKey();
        State known = states.get(key);
        if (known != null && known.eventTime() > change.eventTime()) {
            late.increment();
            return change.withState(known.member(), known.eventTime());
        }
        states.remove(key); // or it would keep its old place among those to be forgotten
        states.put(key, new State(change.eventTime(), change.member()));
        return change;
    }

    /** @return how many changes arrived after a newer one for the same person and audience */
    public long late() {
        return late.sum();
    }
}
