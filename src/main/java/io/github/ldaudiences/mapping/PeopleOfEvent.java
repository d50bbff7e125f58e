package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;

/** Finds everyone that an event may be about, even if it cannot be delivered. */
public final class PeopleOfEvent {

    private PeopleOfEvent() {}

    /**
     * @param mapping says where an event has its person
     * @param event the event's JSON
     * @param contextKind LaunchDarkly context kind, or null for all
     * @return every identifier that the mapping may use as the context key; none if the event is of another kind
     */
    public static Set<String> of(Mapping mapping, JsonNode event, String contextKind) {
        Set<String> people = new HashSet<>();
        MemberLists members = mapping.person().members();
        if (members == MemberLists.NONE) {
            addFrom(event, mapping, contextKind, people);
        } else if (event.isObject()) {
            members.read(
                    event,
                    (view, list, index) -> {
                        addFrom(view, mapping, contextKind, people);
                        return true;
                    },
                    problem -> {});
        }
        return people;
    }

    private static void addFrom(JsonNode event, Mapping mapping, String contextKind, Set<String> people) {
        String kind = text("context_kind", mapping.audience().contextKind().in(event));
        if (contextKind == null || kind == null || contextKind.equals(kind)) {
            PersonFields person = mapping.person();
            for (ContextKeyPriority.Identifier identifier : person.identifiers()) {
                add(people, text(identifier.field(), person.valueOf(identifier).in(event)));
            }
        }
    }

    private static void add(Set<String> people, String text) {
        if (text != null) {
            people.add(text);
        }
    }

    private static String text(String field, JsonNode value) {
        try {
            return JsonText.of(field, value);
        } catch (UnmappableEventException e) {
            return null;
        }
    }
}
