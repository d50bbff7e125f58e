package io.github.ldaudiences.inbound.http;

/** The paths of the bundle's own HTTP API. The files in {@code routes/} and the property catalogue have them too. */
public final class ApiPaths {

    /** Accepts events. */
    public static final String EVENTS = "/v1/events";

    /** Explains events. */
    public static final String EXPLAIN = "/v1/explain";

    /** Accepts dead letters. */
    public static final String REPLAY = "/v1/dead-letters/replay";

    /** Looks up states, and forgets a person. */
    public static final String MEMBERSHIPS = "/v1/memberships";

    /** Starts a resync, reports its progress, and interrupts it. */
    public static final String RESYNC = "/v1/resync";

    private ApiPaths() {}
}
