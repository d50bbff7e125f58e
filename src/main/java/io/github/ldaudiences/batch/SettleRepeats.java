package io.github.ldaudiences.batch;

import io.github.ldaudiences.mapping.MembershipChange;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Removes the changes that need no request: those that repeat a state which LaunchDarkly already has, or one that is
 * under way. Repeats are common: Segment usually sends an identify and a track call for one change, and senders repeat
 * what was not answered in time.
 *
 * <p>A change is a repeat only if it is not newer than what it repeats. A newer change with the same state is sent,
 * unless configured otherwise: another process may have sent the opposite in between.
 */
public final class SettleRepeats implements Processor {

    private final AudienceLanes lanes;
    private final NewestStates newestStates;
    private final boolean on;
    private final boolean unchanged;
    private final LongAdder repeats = new LongAdder();

    /**
     * @param lanes the changes that are under way
     * @param newestStates the states that LaunchDarkly has
     * @param on false to let every change pass
     * @param unchanged whether newer changes with the same state are settled, too
     */
    public SettleRepeats(AudienceLanes lanes, NewestStates newestStates, boolean on, boolean unchanged) {
        this.lanes = lanes;
        this.newestStates = newestStates;
        this.on = on;
        this.unchanged = on && unchanged;
    }

    @Override
    public void process(Exchange exchange) {
        if (!on) {
            return;
        }
        @SuppressWarnings("unchecked") // as the mapping routes make it
        List<MembershipChange> changes =
                (List<MembershipChange>) exchange.getMessage().getBody();
        Set<String> changed = new HashSet<>(); // sent changes; later ones with such a key are no repeats
        changes.removeIf(change -> {
            boolean repeat = !changed.contains(change.stateKey()) && settle(change);
            if (!repeat) {
                changed.add(change.stateKey());
            }
            return repeat;
        });
    }

    private boolean settle(MembershipChange change) {
        boolean joined = lanes.join(change);
        if (!joined && !newestStates.isDelivered(change)) {
            if (!unchanged || !newestStates.isUnchanged(change)) {
                return false;
            }
            newestStates.confirm(change);
        }
        newestStates.countIfLate(change);
        repeats.increment();
        if (!joined) {
            change.origin().delivered();
        }
        return true;
    }

    /**
     * @param change a change that has not arrived
     * @return whether it would need no request
     */
    public boolean isRepeat(MembershipChange change) {
        return on
                && (lanes.canJoin(change)
                        || newestStates.isDelivered(change)
                        || (unchanged && newestStates.isUnchanged(change)));
    }

    /** @return how many changes needed no request */
    public long repeats() {
        return repeats.sum();
    }
}
