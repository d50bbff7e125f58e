package io.github.ldaudiences.mapping;

import java.util.List;

/**
 * The fields that say who an event is about.
 *
 * @param contextKey Segment field {@code context_key}: which identifiers the context key may be taken from
 * @param userId Segment field {@code segment_user_id}
 * @param anonymousId Segment field {@code segment_anonymous_id}
 * @param email Segment field {@code user_email}
 * @param members the lists of people in an event; {@link MemberLists#NONE} for events about one person
 */
public record PersonFields(
        ContextKeyPriority contextKey,
        MappingValue userId,
        MappingValue anonymousId,
        MappingValue email,
        MemberLists members) {

    /** @return the identifiers that the context key may be taken from, in order of preference */
    List<ContextKeyPriority.Identifier> identifiers() {
        return contextKey.identifiers();
    }

    /** @return the field that holds an identifier */
    MappingValue valueOf(ContextKeyPriority.Identifier identifier) {
        return switch (identifier) {
            case USER_ID -> userId;
            case EMAIL -> email;
            case ANONYMOUS_ID -> anonymousId;
        };
    }

    /** @return the fields that the context key may be taken from, in order of preference */
    List<MappingValue> values() {
        return identifiers().stream().map(this::valueOf).toList();
    }

    /** @return the places of an event that the context key may be taken from */
    public List<EventPath> contextKeyPlaces() {
        return values().stream()
                .flatMap(MappingValue::places)
                .map(EventPath::new)
                .toList();
    }
}
