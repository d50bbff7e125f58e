package io.github.ldaudiences.mapping;

import java.util.Locale;

/** How an event's value under the audience key says whether its person is a member. */
public enum MembershipMode {

    /** {@code true} and {@code false}, also as text; anything else, or nothing, is rejected. */
    STRICT,

    /** Segment: whatever JavaScript takes for true adds; anything else, or nothing, removes. */
    SEGMENT;

    /** @return its name in the configuration */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
