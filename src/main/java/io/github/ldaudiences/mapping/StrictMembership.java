package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;

/** Takes {@code true} and {@code false}, also as text, wherever the audience key is, and nothing for granted. */
final class StrictMembership implements Membership {

    private final Mapping mapping;
    private final JourneyStep step;

    StrictMembership(Mapping mapping) {
        this.mapping = mapping;
        this.step = new JourneyStep(mapping.segmentComputationAction());
    }

    @Override
    public boolean of(JsonNode event, String audienceKey, MappingTrace trace) throws UnmappableEventException {
        JsonNode value = TraitsOrProps.find(mapping, event, audienceKey, trace);
        if (value == null) {
            if (step.isNamedIn(event)) {
                trace.membership("segment_computation_action", null);
                return true;
            }
            throw Membership.undecided(audienceKey, null);
        }
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        if ("true".equals(value.textValue())) {
            return true;
        }
        if ("false".equals(value.textValue())) {
            return false;
        }
        throw Membership.undecided(audienceKey, value);
    }
}
