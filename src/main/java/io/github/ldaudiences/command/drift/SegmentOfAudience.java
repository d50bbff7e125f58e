package io.github.ldaudiences.command.drift;

import io.github.ldaudiences.delivery.CohortName;
import io.github.ldaudiences.store.StoredState;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Finds the segment that LaunchDarkly has created for an audience. No public source says which key it uses: it may be
 * the id of the audience. Its name is the one that it was sent.
 */
final class SegmentOfAudience {

    private final List<SyncedSegment> segments;
    private final Map<String, String> told;

    /**
     * @param segments the big segments of the environment
     * @param told keys of segments by audience id, where the user specified them
     */
    SegmentOfAudience(List<SyncedSegment> segments, Map<String, String> told) {
        this.segments = segments;
        this.told = told;
    }

    /**
     * @param state a state of the audience
     * @return its segment; several if it is ambiguous, none if there is none
     */
    List<SyncedSegment> of(StoredState state) {
        String key = told.get(state.audienceId());
        if (key != null) {
            return matching(segment -> segment.key().equals(key));
        }
        List<SyncedSegment> byKey =
                matching(segment -> isOf(segment, state) && segment.key().equals(state.audienceId()));
        String name = CohortName.of(state.audienceKey());
        return byKey.isEmpty()
                ? matching(segment -> isOf(segment, state) && segment.name().equals(name))
                : byKey;
    }

    private static boolean isOf(SyncedSegment segment, StoredState state) {
        return segment.synced() && segment.contextKind().equals(state.contextKind());
    }

    private List<SyncedSegment> matching(Predicate<SyncedSegment> wanted) {
        return segments.stream().filter(wanted).toList();
    }
}
