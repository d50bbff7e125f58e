package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.event.SegmentEvent;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.List;

/**
 * Turns an event that a mapping wants into membership changes, one for each person that it is about. A problem with one
 * person does not affect the others.
 */
public final class AudienceMapper {

    private final Mapping mapping;
    private final PersonFields person;
    private final Membership membership;
    private final AudienceOfEvent audiences;
    private final EventTime eventTime;

    /** @param mapping what to read from an event, and how */
    public AudienceMapper(Mapping mapping) {
        this.mapping = mapping;
        this.person = mapping.person();
        this.audiences = new AudienceOfEvent(mapping);
        this.membership = Membership.of(mapping);
        this.eventTime = new EventTime(mapping.eventTime());
    }

    /**
     * Maps an event. It has no other effect: the event's receipt is not informed.
     *
     * @param event an event that passed the trigger and is of a kind that the mapping copies
     * @param changes to which the changes are added
     * @param trace receives what decides, for events about one person
     * @return the problem for the dead letter, with the field at fault and what was found in it; null if there is none
     */
    public Problem map(SegmentEvent event, List<? super MembershipChange> changes, MappingTrace trace) {
        if (person.members() == MemberLists.NONE) {
            return map(event, event.json(), changes, trace);
        }
        MemberProblems problems = new MemberProblems();
        person.members()
                .read(
                        event.json(),
                        (view, list, index) -> {
                            Problem problem = map(event, view, changes, MappingTrace.NONE);
                            if (problem != null) {
                                problems.add(problem.in(list + '[' + index + "]: "));
                            }
                            return true;
                        },
                        reason -> problems.add(new Problem(ProblemCode.LIST_INVALID, reason)));
        return problems.together();
    }

    private Problem map(SegmentEvent event, JsonNode json, List<? super MembershipChange> changes, MappingTrace trace) {
        try {
            Audience audience = audiences.audience(json);
            String audienceKey = audiences.key(json);
            String contextKey = contextKey(json, trace);
            if (contextKey == null) {
                // A skipped event needs no context key.
                return isSkipped(json, audienceKey)
                        ? null
                        : new Problem(
                                ProblemCode.CONTEXT_KEY_MISSING,
                                "context_key: " + person.contextKey()
                                        + " found nothing that could be the context key.");
            }
            AudienceAction action = membership.of(json, audienceKey, trace);
            long time = eventTime.of(json, event.origin().arrival(), trace);
            if (action != AudienceAction.SKIP) {
                changes.add(new MembershipChange(
                        audience,
                        audienceKey,
                        contextKey,
                        action == AudienceAction.ADD,
                        time,
                        mapping.batching(),
                        mapping.id(),
                        event.origin(),
                        event.messageId()));
            }
            return null;
        } catch (UnmappableEventException e) {
            return e.problem();
        }
    }

    private boolean isSkipped(JsonNode json, String audienceKey) {
        try {
            return membership.of(json, audienceKey, MappingTrace.NONE) == AudienceAction.SKIP;
        } catch (UnmappableEventException e) {
            return false;
        }
    }

    /** @return the context key; null if the event has no value for it */
    private String contextKey(JsonNode event, MappingTrace trace) throws UnmappableEventException {
        for (ContextKeyPriority.Identifier identifier : person.identifiers()) {
            String text =
                    JsonText.of(identifier.field(), person.valueOf(identifier).in(event));
            if (text != null) {
                trace.contextKey(identifier.field(), text);
                return JsonText.checkLength("context_key", text);
            }
        }
        return null;
    }
}
