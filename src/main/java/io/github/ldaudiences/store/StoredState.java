package io.github.ldaudiences.store;

/**
 * The newest state of one person in one audience that LaunchDarkly has.
 *
 * @param destination id of the destination
 * @param contextKind LaunchDarkly context kind
 * @param audienceId Segment's id of the audience
 * @param audienceKey Segment's key of the audience
 * @param contextKey the person, as LaunchDarkly knows them
 * @param member whether they are a member
 * @param since when the first event of the current run of equal states happened, in epoch milliseconds
 * @param eventTime when the newest event with this state happened, in epoch milliseconds
 * @param deliveredAt when LaunchDarkly accepted it, in epoch milliseconds
 * @param messageId Segment's id of that event, or null if it had none
 */
public record StoredState(
        String destination,
        String contextKind,
        String audienceId,
        String audienceKey,
        String contextKey,
        boolean member,
        long since,
        long eventTime,
        long deliveredAt,
        String messageId) {

    /**
     * @param time when the person left, in epoch milliseconds
     * @return the state after the person has left the audience, which has no event
     */
    public StoredState left(long time) {
        return new StoredState(
                destination, contextKind, audienceId, audienceKey, contextKey, false, time, time, deliveredAt, null);
    }

    /**
     * @param other id of another destination
     * @return the same state in that destination
     */
    public StoredState of(String other) {
        return new StoredState(
                other,
                contextKind,
                audienceId,
                audienceKey,
                contextKey,
                member,
                since,
                eventTime,
                deliveredAt,
                messageId);
    }

    /**
     * @param other another state
     * @return whether it is of the same audience, with the same key
     */
    boolean isOfSameAudience(StoredState other) {
        return audienceId.equals(other.audienceId)
                && audienceKey.equals(other.audienceKey)
                && contextKind.equals(other.contextKind)
                && destination.equals(other.destination);
    }

    /**
     * @param known an earlier state of the same person and audience
     * @return this state, with the values that it inherits from the earlier one
     */
    StoredState after(StoredState known) {
        boolean same = known.member == member;
        boolean sameEvent = same && known.eventTime == eventTime && known.messageId != null;
        return new StoredState(
                destination,
                contextKind,
                audienceId,
                audienceKey,
                contextKey,
                member,
                same ? known.since : since,
                eventTime,
                deliveredAt,
                sameEvent ? known.messageId : messageId);
    }
}
