package io.github.ldaudiences.mapping;

import io.github.ldaudiences.event.SegmentEvent;
import io.github.ldaudiences.problem.Problem;
import java.util.List;

/** Turns an event that a mapping wants into membership changes. */
public interface EventMapper {

    /**
     * @param mapping a mapping
     * @return what maps the kind of events that it takes
     */
    static EventMapper of(Mapping mapping) {
        return switch (mapping.preset()) {
            case SYNC_ENGAGE_AUDIENCE, REVERSE_ETL -> new AudienceMapper(mapping);
            case RUDDERSTACK_AUDIENCE_LIST -> new AudienceListMapper(mapping);
        };
    }

    /**
     * Maps an event and does nothing else: the event's receipt is not told.
     *
     * @param event an event that passed the trigger and is of a kind that the mapping copies
     * @param changes to which the changes are added
     * @param trace is told what decides
     * @return what could not be used, for the dead letter; or null
     */
    Problem map(SegmentEvent event, List<? super MembershipChange> changes, MappingTrace trace);
}
