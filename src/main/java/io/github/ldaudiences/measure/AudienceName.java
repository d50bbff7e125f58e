package io.github.ldaudiences.measure;

import io.github.ldaudiences.event.ShortText;

/**
 * The name of an audience in meters. Ids come from events and can have any length, so they are shortened: audiences
 * with the same beginning then share a name.
 *
 * @param destination id of the destination
 * @param audience Segment's audience id, or its beginning
 */
public record AudienceName(String destination, String audience) {

    /** LaunchDarkly: recommends ids of at most 128 characters. */
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
