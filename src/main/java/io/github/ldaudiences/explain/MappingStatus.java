package io.github.ldaudiences.explain;

import java.util.Locale;

/** Whether a mapping is active. */
public enum MappingStatus {
    /** It is active. */
    ON,

    /** The configuration turns it off. */
    OFF,

    /** The configuration turns it on, but its route has been stopped. */
    STOPPED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
