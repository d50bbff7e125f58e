package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.problem.ProblemCode;

/**
 * Segment: how its framework resolves memberships since 2026. A boolean decides; it is read from the traits of an
 * identify call or the properties of a track call. A journey step without a boolean adds the person.
 */
final class CoreMembership implements Membership {

    private final MembershipFields fields;
    private final JourneyStep step;

    CoreMembership(Mapping mapping) {
        this.fields = mapping.membership();
        this.step = new JourneyStep(mapping.events().computationAction());
    }

    @Override
    public AudienceAction of(JsonNode event, String audienceKey, MappingTrace trace) throws UnmappableEventException {
        JsonNode type = event.get("type");
        if (!TraitsOrProps.isIdentifyOrTrack(type)) {
            throw new UnmappableEventException(
                    ProblemCode.MEMBERSHIP_MISSING,
                    "type: expected identify or track, found " + JsonText.describe(type) + ".");
        }
        JsonNode value = TraitsOrProps.find(fields, event, audienceKey, trace);
        if (value != null && value.isBoolean()) {
            return AudienceAction.of(value.booleanValue());
        }
        if (step.isNamedIn(event)) {
            trace.membership("segment_computation_action", null);
            return AudienceAction.ADD;
        }
        throw Membership.undecided(audienceKey, value);
    }
}
