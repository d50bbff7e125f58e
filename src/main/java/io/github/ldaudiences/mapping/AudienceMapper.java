package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.event.SegmentEvent;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.List;

/** Turns an event into a membership change, as one mapping says. */
public final class AudienceMapper implements EventMapper {

    private final Mapping mapping;
    private final Membership membership;
    private final AudienceOfEvent audiences;

    /** @param mapping what to read from an event, and how */
    public AudienceMapper(Mapping mapping) {
        this.mapping = mapping;
        this.audiences = new AudienceOfEvent(mapping);
        this.membership = Membership.of(mapping);
    }

    /**
     * @param event an event that passed the trigger and is of a kind that the mapping copies
     * @return the change
     * @throws UnmappableEventException naming the field that stands in the way, and what was found in it
     */
    public MembershipChange map(SegmentEvent event) throws UnmappableEventException {
        return map(event, MappingTrace.NONE);
    }

    @Override
    public Problem map(SegmentEvent event, List<? super MembershipChange> changes, MappingTrace trace) {
        try {
            changes.add(map(event, trace));
            return null;
        } catch (UnmappableEventException e) {
            return e.problem();
        }
    }

    private MembershipChange map(SegmentEvent event, MappingTrace trace) throws UnmappableEventException {
        JsonNode json = event.json();
        Audience audience = audiences.audience(json);
        String audienceKey = audiences.key(json);
        String contextKey = contextKey(json, trace);
        boolean member = membership.of(json, audienceKey, trace);
        return new MembershipChange(
                audience,
                audienceKey,
                contextKey,
                member,
                EventTime.of(json, event.origin().arrival(), trace),
                mapping.batching(),
                mapping.id(),
                event.origin(),
                event.messageId());
    }

    private String contextKey(JsonNode event, MappingTrace trace) throws UnmappableEventException {
        for (ContextKeyPriority.Identifier identifier : mapping.identifiers()) {
            String text =
                    JsonText.of(identifier.field(), mapping.valueOf(identifier).in(event));
            if (text != null) {
                trace.contextKey(identifier.field(), text);
                return JsonText.checkLength("context_key", text);
            }
        }
        throw new UnmappableEventException(
                ProblemCode.CONTEXT_KEY_MISSING,
                "context_key: " + mapping.contextKey() + " found nothing that could be the context key.");
    }
}
