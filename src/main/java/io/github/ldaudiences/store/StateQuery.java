package io.github.ldaudiences.store;

import io.github.ldaudiences.mapping.Audience;

/**
 * Selects states. Criteria that are null are ignored.
 *
 * @param audienceId Segment's id of the audience, or null
 * @param contextKey the person, as LaunchDarkly knows them, or null
 * @param contextKind LaunchDarkly context kind, or null
 * @param destination id of the destination, or null
 */
public record StateQuery(String audienceId, String contextKey, String contextKind, String destination) {

    /**
     * @param contextKey the person, as LaunchDarkly knows them
     * @param contextKind LaunchDarkly context kind, or null for all
     * @return a query for all states of one person
     */
    public static StateQuery ofPerson(String contextKey, String contextKind) {
        return new StateQuery(null, contextKey, contextKind, null);
    }

    /**
     * @param audience an audience
     * @return whether the query includes its states
     */
    boolean asksFor(Audience audience) {
        return isOrAny(audienceId, audience.id())
                && isOrAny(contextKind, audience.contextKind())
                && isOrAny(destination, audience.destination());
    }

    private static boolean isOrAny(String wanted, String found) {
        return wanted == null || wanted.equals(found);
    }
}
