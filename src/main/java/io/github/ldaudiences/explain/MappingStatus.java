package io.github.ldaudiences.explain;

import java.util.Locale;

/** Whether a mapping takes part. */
public enum MappingStatus {
    /** It does. */
    ON,

    /** It is off by its configuration. */
    OFF,

    /** It is on by its configuration, but its route has been stopped. */
    STOPPED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
