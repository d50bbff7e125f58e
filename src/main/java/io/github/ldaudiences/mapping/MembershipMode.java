package io.github.ldaudiences.mapping;

import java.util.Locale;

/** How an event's value under the audience key says whether its person is a member. */
public enum MembershipMode {

    /** {@code true} and {@code false}, also as text; anything else, or nothing, is rejected. */
    STRICT,

    /** Segment: whatever JavaScript takes for true adds; anything else, or nothing, removes. */
    SEGMENT,

    /**
     * Segment: what its framework resolves since 2026. Booleans alone count, in the traits of an identify and the
     * properties of a track; a journey step without one adds.
     */
    SEGMENT_CORE;

    /** @return its name in the configuration */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
