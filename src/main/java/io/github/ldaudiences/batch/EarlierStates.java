package io.github.ldaudiences.batch;

import io.github.ldaudiences.mapping.MembershipChange;
import java.util.Collection;
import java.util.Map;

/** Keeps the states that LaunchDarkly has beyond the life of this process, and looks them up. */
public interface EarlierStates {

    /** Keeps nothing. */
    EarlierStates NONE = new EarlierStates() {
        @Override
        public boolean isKept() {
            return false;
        }

        @Override
        public boolean isShared() {
            return false;
        }

        @Override
        public Map<String, EarlierState> find(Collection<MembershipChange> changes) {
            return Map.of();
        }

        @Override
        public void delivered(MembershipChange change) {
            // nothing is kept
        }
    };

    /** @return whether states are kept */
    boolean isKept();

    /** @return whether other processes that send states of the same people keep their states here, too */
    boolean isShared();

    /**
     * @param changes changes whose states are looked up
     * @return the states that are known, by {@link MembershipChange#stateKey()}; empty while they cannot be looked up
     * @throws StatesUnavailableException if they cannot be looked up now, and nothing may be sent without them
     */
    Map<String, EarlierState> find(Collection<MembershipChange> changes) throws StatesUnavailableException;

    /** @param change a state that LaunchDarkly now has; it is saved a little later, without waiting */
    void delivered(MembershipChange change);
}
