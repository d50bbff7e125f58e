package io.github.ldaudiences.delivery;

import java.util.Locale;

/** Makes the name of a LaunchDarkly segment from a Segment audience key. */
public final class CohortName {

    private CohortName() {}

    /**
     * Segment: the first character becomes upper case, as Unicode defines it, and each underscore becomes a space; the
     * rest is unchanged. {@code order_completed_last_30days} becomes {@code Order completed last 30days}.
     *
     * @param audienceKey Segment's audience key, not empty
     * @return LaunchDarkly's {@code cohortName}
     */
    public static String of(String audienceKey) {
        // JavaScript upper-cases the first UTF-16 unit: half of a surrogate pair has no upper case and stays as it is.
        String first = audienceKey.substring(0, 1).toUpperCase(Locale.ROOT);
        return (first + audienceKey.substring(1)).replace('_', ' ');
    }
}
