package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.event.SegmentEvent;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Turns RudderStack's audience lists into membership changes, one for each person on a list. What is wrong with one of
 * them costs that one alone.
 */
public final class AudienceListMapper implements EventMapper {

    /** RudderStack: the place of an event that holds its lists. */
    static final List<String> LIST_DATA = List.of("properties", "listData");

    private static final String ADD = "add";
    private static final String REMOVE = "remove";

    private static final String LIST_DATA_NAME = String.join(".", LIST_DATA);

    private final Mapping mapping;
    private final AudienceOfEvent audiences;

    /** @param mapping names the audience, and the field of an entry that holds the context key */
    public AudienceListMapper(Mapping mapping) {
        this.mapping = mapping;
        this.audiences = new AudienceOfEvent(mapping);
    }

    /** @return the places of an event that hold the people on its lists, by that field of their entries */
    static List<EventPath> identifierPlaces(String listIdentifier) {
        return Stream.of(ADD, REMOVE)
                .map(list -> new EventPath(Stream.concat(LIST_DATA.stream(), Stream.of(list, listIdentifier))
                        .toList()))
                .toList();
    }

    /**
     * RudderStack: {@code listData: {add: [{identifier}], remove: [{identifier}]}}. Who is on both lists is removed.
     */
    @Override
    public Problem map(SegmentEvent event, List<? super MembershipChange> changes, MappingTrace trace) {
        JsonNode json = event.json();
        try {
            Audience audience = audiences.audience(json);
            String audienceKey = audiences.key(json);
            long eventTime = EventTime.of(json, event.origin().arrival(), trace);
            List<Problem> problems = new ArrayList<>();
            JsonNode listData = json.path("properties").path("listData");
            if (!listData.isObject()) {
                return invalid(
                        LIST_DATA_NAME, "an object with add and remove", listData.isMissingNode() ? null : listData);
            }
            for (boolean member : new boolean[] {true, false}) {
                String list = member ? ADD : REMOVE;
                for (String contextKey : contextKeys(listData.get(list), LIST_DATA_NAME + '.' + list, problems)) {
                    changes.add(new MembershipChange(
                            audience,
                            audienceKey,
                            contextKey,
                            member,
                            eventTime,
                            mapping.batching(),
                            mapping.id(),
                            event.origin(),
                            event.messageId()));
                }
            }
            return together(problems);
        } catch (UnmappableEventException e) {
            return e.problem();
        }
    }

    private static Problem together(List<Problem> problems) {
        if (problems.size() < 2) {
            return problems.isEmpty() ? null : problems.get(0);
        }
        Problem first = problems.get(0);
        return new Problem(first.code(), first.reason() + " So it is with " + (problems.size() - 1) + " more.");
    }

    private static Problem invalid(String name, String expected, JsonNode found) {
        return new Problem(
                ProblemCode.LIST_INVALID,
                name + ": expected " + expected + ", found " + JsonText.describe(found) + ".");
    }

    private List<String> contextKeys(JsonNode list, String name, List<Problem> problems) {
        if (list == null || list.isNull()) {
            return List.of();
        }
        if (!list.isArray()) {
            problems.add(invalid(name, "an array", list));
            return List.of();
        }
        List<String> contextKeys = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            JsonNode entry = list.get(i);
            String field = name + '[' + i + "]." + mapping.listIdentifier();
            try {
                String contextKey = JsonText.of(field, entry.get(mapping.listIdentifier()));
                if (contextKey == null) {
                    throw new UnmappableEventException(
                            ProblemCode.CONTEXT_KEY_MISSING, field + ": required, found nothing.");
                }
                contextKeys.add(JsonText.checkLength(field, contextKey));
            } catch (UnmappableEventException e) {
                problems.add(e.problem());
            }
        }
        return contextKeys;
    }
}
