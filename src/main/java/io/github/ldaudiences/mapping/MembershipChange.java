package io.github.ldaudiences.mapping;

import io.github.ldaudiences.event.EventOrigin;

/**
 * One person enters or leaves one audience.
 *
 * @param audience the audience
 * @param audienceKey Segment's audience key, from which LaunchDarkly's cohort name is made
 * @param contextKey the person, as LaunchDarkly knows them
 * @param member true to enter, false to leave
 * @param eventTime when it happened, in epoch milliseconds
 * @param batching whether it may wait for other changes to share a request
 * @param mapping id of the mapping that made it
 * @param origin the event that it came from
 * @param messageId Segment's id of the event, or null if it has none, is unknown, or is not needed
 * @param stateKey names the audience and the person in one text; unique, because ids contain no line breaks
 */
public record MembershipChange(
        Audience audience,
        String audienceKey,
        String contextKey,
        boolean member,
        long eventTime,
        boolean batching,
        String mapping,
        EventOrigin origin,
        String messageId,
        String stateKey) {

    /**
     * @param audience the audience
     * @param audienceKey Segment's audience key, from which LaunchDarkly's cohort name is made
     * @param contextKey the person, as LaunchDarkly knows them
     * @param member true to enter, false to leave
     * @param eventTime when it happened, in epoch milliseconds
     * @param batching whether it may wait for other changes to share a request
     * @param mapping id of the mapping that made it
     * @param origin the event that it came from
     * @param messageId Segment's id of the event, or null if it has none or is not needed
     */
    public MembershipChange(
            Audience audience,
            String audienceKey,
            String contextKey,
            boolean member,
            long eventTime,
            boolean batching,
            String mapping,
            EventOrigin origin,
            String messageId) {
        this(
                audience,
                audienceKey,
                contextKey,
                member,
                eventTime,
                batching,
                mapping,
                origin,
                messageId,
                audience.correlationKey() + '\n' + contextKey);
    }

    /**
     * @param stateKey the state key of a change
     * @param contextKey a person
     * @param contextKind LaunchDarkly context kind, or null for all
     * @return whether the change is about that person
     */
    public static boolean isOf(String stateKey, String contextKey, String contextKind) {
        int lineBreak = stateKey.indexOf('\n'); // the first one: a context key may contain more
        return stateKey.length() == lineBreak + 1 + contextKey.length()
                && stateKey.endsWith(contextKey)
                && (contextKind == null || stateKey.startsWith(contextKind + '/', stateKey.indexOf('/') + 1));
    }

    /**
     * @param newestMember whether the person is a member according to a newer event
     * @param newestTime when that event happened, in epoch milliseconds
     * @return this change with the newer state, without a messageId
     */
    public MembershipChange withState(boolean newestMember, long newestTime) {
        return new MembershipChange(
                audience, audienceKey, contextKey, newestMember, newestTime, batching, mapping, origin, null, stateKey);
    }
}
