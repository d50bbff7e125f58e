package io.github.ldaudiences.event;

import java.time.Instant;

/**
 * The requests to LaunchDarkly that contained an event.
 *
 * @param count how many, from 0
 * @param first when the first was sent, or null if none was
 * @param last when the last was sent, or null if none was
 */
public record Attempts(int count, Instant first, Instant last) {

    /** No request yet. */
    public static final Attempts NONE = new Attempts(0, null, null);

    /**
     * @param time when one more request is sent
     * @return these attempts and that one
     */
    public Attempts and(Instant time) {
        return new Attempts(count + 1, first == null ? time : first, time);
    }
}
