package io.github.ldaudiences.mapping;

import java.util.List;

/**
 * Segment: which identifier of a person becomes the LaunchDarkly context key. The first one that the event has is used.
 */
public enum ContextKeyPriority {
    /** The user ID, else the email address. */
    USER_ID_THEN_EMAIL("user_id_then_email", Identifier.USER_ID, Identifier.EMAIL),
    /** The user ID, else the anonymous ID. */
    USER_ID_THEN_ANONYMOUS_ID("user_id_then_anonymousId", Identifier.USER_ID, Identifier.ANONYMOUS_ID),
    /** The user ID, else the email address, else the anonymous ID. */
    USER_ID_THEN_EMAIL_THEN_ANONYMOUS_ID(
            "user_id_then_email_then_anonymousId", Identifier.USER_ID, Identifier.EMAIL, Identifier.ANONYMOUS_ID),
    /** The user ID. */
    USER_ID_ONLY("user_id_only", Identifier.USER_ID),
    /** The email address. */
    EMAIL_ONLY("email_only", Identifier.EMAIL);

    /** The identifiers that a context key can be taken from. */
    enum Identifier {
        USER_ID("segment_user_id"),
        EMAIL("user_email"),
        ANONYMOUS_ID("segment_anonymous_id");

        private final String field;

        Identifier(String field) {
            this.field = field;
        }

        /** @return the Segment field that holds it */
        String field() {
            return field;
        }
    }

    private final String segmentName;
    private final List<Identifier> identifiers;

    ContextKeyPriority(String segmentName, Identifier... identifiers) {
        this.segmentName = segmentName;
        this.identifiers = List.of(identifiers);
    }

    List<Identifier> identifiers() {
        return identifiers;
    }

    @Override
    public String toString() {
        return segmentName;
    }
}
