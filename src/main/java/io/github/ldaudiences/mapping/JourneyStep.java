package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Segment: events of Journeys v2 may carry no membership. Being in the step means being a member.
 *
 * @param computationClass where an event names its computation class
 */
record JourneyStep(MappingValue computationClass) {

    private static final String CLASS = "journey_step";

    /** @return whether the event is about a journey step */
    boolean isNamedIn(JsonNode event) throws UnmappableEventException {
        return CLASS.equals(JsonText.of("segment_computation_action", computationClass.in(event)));
    }
}
