package io.github.ldaudiences.batch;

import io.github.ldaudiences.mapping.MembershipChange;
import java.util.Collection;
import java.util.Map;

/** Keeps the states that LaunchDarkly has beyond this process, and finds them again. */
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

    /** @return whether anything is kept */
    boolean isKept();

    /** @return whether other processes that send states of the same people keep theirs here, too */
    boolean isShared();

    /**
     * @param changes changes whose states are looked for
     * @return the states that are known, by {@link MembershipChange#stateKey()}; nothing while they cannot be looked up
     * @throws StatesUnavailableException if they cannot be looked up now, and nothing may be sent without
     */
    Map<String, EarlierState> find(Collection<MembershipChange> changes) throws StatesUnavailableException;

    /** @param change what LaunchDarkly has now. It is kept a little later: this does not wait */
    void delivered(MembershipChange change);
}
