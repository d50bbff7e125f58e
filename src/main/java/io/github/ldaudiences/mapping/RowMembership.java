package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.problem.ProblemCode;

/**
 * Segment: memberships of Reverse ETL. The name of the event decides, for a row has no audience key.
 *
 * @param kinds finds the name
 * @param mode what each name says
 */
record RowMembership(EventKinds kinds, SyncMode mode) implements Membership {

    @Override
    public boolean of(JsonNode event, String audienceKey, MappingTrace trace) throws UnmappableEventException {
        Boolean member = mode.memberAfter(kinds.found(event));
        JsonNode name = kinds.kind().in(event);
        if (member == null) {
            throw new UnmappableEventException(
                    ProblemCode.MEMBERSHIP_MISSING,
                    "event: expected " + String.join(" or ", mode.events()) + ", found " + JsonText.describe(name)
                            + ".");
        }
        trace.membership("event", name);
        return member;
    }
}
