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
 * @param batching whether it may wait for others to share a request
 * @param mapping id of the mapping that made it
 * @param origin the event that it came from
 * @param messageId Segment's id of the event that says so, or null if it has none, is not known or nobody asks for it
 * @param stateKey names the audience and the person in one text. No two pairs have the same, for ids hold no line breaks
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
     * @param batching whether it may wait for others to share a request
     * @param mapping id of the mapping that made it
     * @param origin the event that it came from
     * @param messageId Segment's id of the event, or null if it has none or nobody asks for it
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
     * @param stateKey of a change
     * @param contextKey a person
     * @param contextKind LaunchDarkly context kind, or null for all
     * @return whether the change is about that person
     */
    public static boolean isOf(String stateKey, String contextKey, String contextKind) {
        int lineBreak = stateKey.indexOf('\n'); // a context key may have others
        return stateKey.length() == lineBreak + 1 + contextKey.length()
                && stateKey.endsWith(contextKey)
                && (contextKind == null || stateKey.startsWith(contextKind + '/', stateKey.indexOf('/') + 1));
    }

    /**
     * @param newestMember whether the person is a member by a newer event
     * @param newestTime when that event happened, in epoch milliseconds
     * @return this change with the newer state, whose messageId is not known here
     */
    public MembershipChange withState(boolean newestMember, long newestTime) {
        return new MembershipChange(
                audience, audienceKey, contextKey, newestMember, newestTime, batching, mapping, origin, null, stateKey);
    }
}
