package io.github.ldaudiences.inbound.http;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A call of Segment's HTTP tracking API, as the libraries of Segment and RudderStack make it. Each call has its own path,
 * which may end in a slash: Segment's library for Java sends to {@code /v1/import/}. Jitsu's library makes the same calls
 * at paths of its own, such as {@code /api/s/s2s/track}.
 */
public enum SegmentCall {
    /** Several events, each with its type. */
    BATCH,
    /** One event. */
    IDENTIFY,
    /** One event. */
    TRACK,
    /** One event. */
    PAGE,
    /** One event. */
    SCREEN,
    /** One event. */
    GROUP,
    /** One event. */
    ALIAS,
    /** The same as {@link #BATCH}. */
    IMPORT;

    /** What the paths of Jitsu's library begin with. */
    public static final String JITSU_PATH = "/api/s";

    /** The exchange property with the call of a request; not set for other requests. */
    static final String PROPERTY = "audiencesSegmentCall";

    private static final Map<String, SegmentCall> BY_SPELLING = new HashMap<>();

    static {
        for (SegmentCall call : values()) {
            BY_SPELLING.put(call.path(), call);
            BY_SPELLING.put(call.path() + "/", call);
            if (call.eventType() != null) {
                BY_SPELLING.put(JITSU_PATH + "/" + call.eventType(), call);
                BY_SPELLING.put(JITSU_PATH + "/s2s/" + call.eventType(), call);
            }
        }
    }

    /** @return the paths of all calls, in all accepted spellings */
    public static Set<String> spellings() {
        return Collections.unmodifiableSet(BY_SPELLING.keySet());
    }

    /** @return Segment's paths of all calls, without a slash at the end */
    public static List<String> paths() {
        return Arrays.stream(values()).map(SegmentCall::path).toList();
    }

    /**
     * @param path a path as sent, or null
     * @return the call with this path, or null
     */
    public static SegmentCall at(String path) {
        return path == null ? null : BY_SPELLING.get(path);
    }

    /** @return its path at Segment, without a slash at the end */
    public String path() {
        return "/v1/" + lowerCaseName();
    }

    /** @return the type of events that have no type of their own; null if each event must have one */
    public String eventType() {
        return this == BATCH || this == IMPORT ? null : lowerCaseName();
    }

    private String lowerCaseName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
