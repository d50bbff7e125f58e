package io.github.ldaudiences.mapping;

/** What kind of events a mapping takes. */
public enum MappingPreset {

    /** Segment: one event says that one person enters or leaves an audience, which the event names. */
    SYNC_ENGAGE_AUDIENCE("sync-engage-audience"),

    /** RudderStack: one event lists people who enter and leave an audience, which the mapping names. */
    RUDDERSTACK_AUDIENCE_LIST("rudderstack-audience-list");

    private final String id;

    MappingPreset(String id) {
        this.id = id;
    }

    /** @return its name in the configuration */
    @Override
    public String toString() {
        return id;
    }
}
