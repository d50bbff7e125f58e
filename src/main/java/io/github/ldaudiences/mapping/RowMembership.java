package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Segment: memberships of Reverse ETL. The name of the event decides, because a row has no audience key.
 *
 * @param kinds finds the name
 * @param mode the action for each name
 */
record RowMembership(EventKinds kinds, SyncMode mode) implements Membership {

    @Override
    public AudienceAction of(JsonNode event, String audienceKey, MappingTrace trace) {
        trace.membership("event", kinds.kind().in(event));
        return mode.actionOf(kinds.found(event));
    }
}
