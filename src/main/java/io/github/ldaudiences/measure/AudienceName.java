package io.github.ldaudiences.measure;

import io.github.ldaudiences.event.ShortText;

/**
 * What a meter calls an audience. Ids come from events and can have any length, so they are shortened: audiences with
 * the same beginning share a name then.
 *
 * @param destination id of the destination
 * @param audience Segment's audience id, or its beginning
 */
public record AudienceName(String destination, String audience) {

    /** LaunchDarkly: an id of at most 128 characters is recommended. */
    private static final int MAX_LENGTH = 128;

    /**
     * @param destination id of the destination
     * @param id Segment's audience id
     * @return its name
     */
    public static AudienceName of(String destination, String id) {
        return new AudienceName(destination, ShortText.of(id, MAX_LENGTH));
    }
}
