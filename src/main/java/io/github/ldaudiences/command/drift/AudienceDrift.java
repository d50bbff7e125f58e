package io.github.ldaudiences.command.drift;

import io.github.ldaudiences.store.StoredState;
import java.util.List;

/**
 * The result of comparing one audience.
 *
 * @param audience any state of the audience
 * @param segments its segment; several if it is ambiguous, none if there is none
 * @param checked how many people were compared
 * @param different states that differ in LaunchDarkly
 */
record AudienceDrift(StoredState audience, List<SyncedSegment> segments, int checked, List<StoredState> different) {

    /** @return whether LaunchDarkly differs from the store */
    boolean isDrift() {
        return segments.isEmpty() || !different.isEmpty();
    }

    /** @return whether nothing could be compared, because the segment is ambiguous */
    boolean isUndecided() {
        return segments.size() > 1;
    }
}
