package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.problem.ProblemCode;

/** Decides how an event changes the membership of its person. */
interface Membership {

    /**
     * @param event the event's JSON
     * @param audienceKey the audience key, under which the event has true or false
     * @param trace receives what decides
     * @return how the membership changes
     * @throws UnmappableEventException if the event is ambiguous
     */
    AudienceAction of(JsonNode event, String audienceKey, MappingTrace trace) throws UnmappableEventException;

    /**
     * @param mapping how memberships are read
     * @return what reads them
     */
    static Membership of(Mapping mapping) {
        EventSelection events = mapping.events();
        MembershipFields fields = mapping.membership();
        Membership found = events.preset() == MappingPreset.REVERSE_ETL
                ? new RowMembership(new EventKinds(events), events.syncMode())
                : switch (fields.mode()) {
                    case STRICT -> new StrictMembership(mapping);
                    case SEGMENT -> new JavaScriptMembership(mapping);
                    case SEGMENT_CORE -> new CoreMembership(mapping);
                };
        return fields.action() == MappingValue.NONE ? found : new ConfiguredMembership(fields.action(), found);
    }

    /** @return the reason for the dead letter if the value under the audience key is neither true nor false */
    static UnmappableEventException undecided(String audienceKey, JsonNode value) {
        return new UnmappableEventException(
                value == null ? ProblemCode.MEMBERSHIP_MISSING : ProblemCode.MEMBERSHIP_NOT_BOOLEAN,
                "traits_or_props: expected true or false under " + audienceKey + ", found "
                        + (value == null ? "no such field" : JsonText.describe(value)) + ".");
    }
}
