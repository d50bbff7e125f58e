package io.github.ldaudiences.drift;

import io.github.ldaudiences.store.StoredState;
import java.util.List;

/**
 * What the comparison of one audience has found.
 *
 * @param audience some state of the audience
 * @param segments its segment; several if there is no telling which of them, and none if there is none
 * @param checked how many people were compared
 * @param different states that LaunchDarkly has otherwise
 */
record AudienceDrift(StoredState audience, List<SyncedSegment> segments, int checked, List<StoredState> different) {

    /** @return whether LaunchDarkly does not have what the store has */
    boolean isDrift() {
        return segments.isEmpty() || !different.isEmpty();
    }

    /** @return whether nothing could be compared, because there is no telling which segment it is */
    boolean isUndecided() {
        return segments.size() > 1;
    }
}
