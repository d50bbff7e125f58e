package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;

/** Accepts only {@code true} and {@code false}, also as text, in the object that has the audience key. */
final class StrictMembership implements Membership {

    private final MembershipFields fields;
    private final JourneyStep step;

    StrictMembership(Mapping mapping) {
        this.fields = mapping.membership();
        this.step = new JourneyStep(mapping.events().computationAction());
    }

    @Override
    public AudienceAction of(JsonNode event, String audienceKey, MappingTrace trace) throws UnmappableEventException {
        JsonNode value = TraitsOrProps.find(fields, event, audienceKey, trace);
        if (value == null) {
            if (step.isNamedIn(event)) {
                trace.membership("segment_computation_action", null);
                return AudienceAction.ADD;
            }
            throw Membership.undecided(audienceKey, null);
        }
        if (value.isBoolean()) {
            return AudienceAction.of(value.booleanValue());
        }
        if ("true".equals(value.textValue())) {
            return AudienceAction.ADD;
        }
        if ("false".equals(value.textValue())) {
            return AudienceAction.REMOVE;
        }
        throw Membership.undecided(audienceKey, value);
    }
}
