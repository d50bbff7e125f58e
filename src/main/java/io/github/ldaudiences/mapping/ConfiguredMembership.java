package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.problem.ProblemCode;

/**
 * Segment field {@code audience_action}: {@code ADD} or {@code REMOVE}. Beyond Segment, {@code true} and {@code false}
 * are accepted as synonyms, and {@code SKIP} leaves the membership unchanged.
 *
 * @param action the field
 * @param otherwise decides if the field is empty for an event
 */
record ConfiguredMembership(MappingValue action, Membership otherwise) implements Membership {

    @Override
    public AudienceAction of(JsonNode event, String audienceKey, MappingTrace trace) throws UnmappableEventException {
        JsonNode configured = action.in(event);
        String text = JsonText.of("audience_action", configured);
        if (text == null) {
            return computed(event, audienceKey, trace);
        }
        trace.membership("audience_action", configured);
        return switch (text) {
            case "ADD", "true" -> AudienceAction.ADD;
            case "REMOVE", "false" -> AudienceAction.REMOVE;
            case "SKIP" -> AudienceAction.SKIP;
            default ->
                throw new UnmappableEventException(
                        ProblemCode.AUDIENCE_ACTION_INVALID,
                        "audience_action: expected ADD, REMOVE, SKIP, true or false, found " + text + ".");
        };
    }

    private AudienceAction computed(JsonNode event, String audienceKey, MappingTrace trace)
            throws UnmappableEventException {
        try {
            return otherwise.of(event, audienceKey, trace);
        } catch (UnmappableEventException e) {
            throw new UnmappableEventException(e.problem().code(), "audience_action: found nothing. " + e.getMessage());
        }
    }
}
