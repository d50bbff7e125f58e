package io.github.ldaudiences.mapping;

import java.util.Locale;

/** How the value under the audience key is converted to a membership. */
public enum MembershipMode {

    /** Accepts {@code true} and {@code false}, also as text. Other values, and missing values, are rejected. */
    STRICT,

    /** Segment: values that are truthy in JavaScript add. Other values, and missing values, remove. */
    SEGMENT,

    /**
     * Segment: how its framework resolves memberships since 2026. Only booleans count, in the traits of an identify
     * call and the properties of a track call; a journey step without a boolean adds.
     */
    SEGMENT_CORE;

    /** @return its name in the configuration */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
