package io.github.ldaudiences.mapping;

/** What an event does to a person's membership. */
enum AudienceAction {

    /** The person enters the audience, or stays in it. */
    ADD,

    /** The person leaves the audience, or stays out of it. */
    REMOVE,

    /** The membership does not change: the event is about something else. */
    SKIP;

    /** @return the action that says whether the person is a member */
    static AudienceAction of(boolean member) {
        return member ? ADD : REMOVE;
    }
}
