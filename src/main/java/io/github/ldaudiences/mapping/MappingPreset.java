package io.github.ldaudiences.mapping;

/** The kind of events that a mapping accepts. */
public enum MappingPreset {

    /** Segment: one event says that one person enters or leaves an audience, which the event names. */
    SYNC_ENGAGE_AUDIENCE("sync-engage-audience"),

    /** RudderStack: one event lists people who enter and leave an audience, which the mapping names. */
    RUDDERSTACK_AUDIENCE_LIST("rudderstack-audience-list"),

    /** Segment: one event says that a row of a warehouse is new, updated or deleted; the mapping names the audience. */
    REVERSE_ETL("reverse-etl");

    private final String id;

    MappingPreset(String id) {
        this.id = id;
    }

    /** @return whether the events name the audience, so that the mapping does not have to */
    public boolean eventsNameAudience() {
        return this == SYNC_ENGAGE_AUDIENCE;
    }

    /** @return its name in the configuration */
    @Override
    public String toString() {
        return id;
    }
}
