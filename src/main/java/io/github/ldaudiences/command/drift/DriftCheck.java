package io.github.ldaudiences.command.drift;

import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.store.StateQuery;
import io.github.ldaudiences.store.StoreAwayException;
import io.github.ldaudiences.store.StoreReader;
import io.github.ldaudiences.store.StoredState;
import java.util.ArrayList;
import java.util.List;

/** Compares a random sample of an audience's people with its segment. */
final class DriftCheck {

    /** Unless it is unavailable, the store has a state half a second after LaunchDarkly. */
    private static final long STORE_DELAY_MS = 1000;

    private final StoreReader store;
    private final LaunchDarklySegments launchDarkly;
    private final SegmentOfAudience segmentOf;

    /**
     * @param store the delivered states
     * @param launchDarkly the actual segments
     * @param segmentOf finds the segment of an audience
     */
    DriftCheck(StoreReader store, LaunchDarklySegments launchDarkly, SegmentOfAudience segmentOf) {
        this.store = store;
        this.launchDarkly = launchDarkly;
        this.segmentOf = segmentOf;
    }

    /**
     * @param audience an audience of the store
     * @param deliveredUntil the latest delivery that is compared, in epoch milliseconds
     * @param size the maximum number of people
     * @return the result, or null if the store has nobody to compare
     */
    AudienceDrift of(Audience audience, long deliveredUntil, int size)
            throws NotAnsweredException, StoreAwayException, InterruptedException {
        List<StoredState> states = store.sample(audience, deliveredUntil, size);
        if (states.isEmpty()) {
            return null;
        }
        StoredState any = states.get(0);
        List<SyncedSegment> segments = segmentOf.of(any);
        if (segments.size() != 1) {
            return new AudienceDrift(any, segments, 0, List.of());
        }
        List<StoredState> different = new ArrayList<>();
        for (StoredState state : states) {
            if (launchDarkly.has(segments.get(0), state.contextKey()) != state.member()) {
                different.add(state);
            }
        }
        return new AudienceDrift(any, segments, states.size(), unchanged(different));
    }

    /** Keeps the states that are still in the store: the others changed during the comparison. */
    private List<StoredState> unchanged(List<StoredState> different) throws StoreAwayException, InterruptedException {
        if (!different.isEmpty()) {
            Thread.sleep(STORE_DELAY_MS);
        }
        List<StoredState> unchanged = new ArrayList<>();
        for (StoredState state : different) {
            StateQuery person =
                    new StateQuery(state.audienceId(), state.contextKey(), state.contextKind(), state.destination());
            if (store.page(person, null, 1).states().contains(state)) {
                unchanged.add(state);
            }
        }
        return unchanged;
    }
}
