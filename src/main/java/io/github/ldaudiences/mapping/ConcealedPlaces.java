package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.event.Concealed;
import io.github.ldaudiences.fql.Fql;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Says whether a mapping needs values that the dead letter of an event has left out. Replaying such an event could
 * create a person whose key is a hash, or give the event a time that is too old or too new.
 */
public final class ConcealedPlaces {

    private ConcealedPlaces() {}

    /**
     * @param mapping the mapping that receives the event
     * @param event the event as the dead letter shows it
     * @return a sentence that says why the event cannot be replayed; null if it can
     */
    public static String problem(Mapping mapping, JsonNode event) {
        return decisive(mapping, event).stream()
                .filter(place -> isConcealed(event, place))
                .findFirst()
                .map(place -> "The dead letter cannot be replayed: the mapping " + mapping.id() + " needs $."
                        + String.join(".", place)
                        + ", and its value was redacted or hashed when the letter was written. Send the event"
                        + " again from its source.")
                .orElse(null);
    }

    /** @return the places whose values affect the result for this event */
    private static List<List<String>> decisive(Mapping mapping, JsonNode event) {
        // Includes whole lists: it is unknown for which person a list is read, and its items hold only the values that
        // are read.
        List<List<String>> places = new ArrayList<>(mapping.person().members().places());
        new EventTime(mapping.eventTime()).places().forEach(places::add);
        Fql.comparisons(mapping.events().trigger()).forEach(comparison -> places.add(comparison.subject()));
        MappingProjection.fieldsOfEveryEvent(mapping)
                .forEach(field -> field.places().forEach(places::add));
        for (MappingValue value : mapping.person().values()) {
            value.places().forEach(places::add);
            JsonNode found = value.in(event);
            if (found != null && !found.asText().isEmpty()) {
                break; // later identifiers are not read
            }
        }
        mapping.membership().action().places().forEach(places::add);
        if (mapping.events().preset() == MappingPreset.SYNC_ENGAGE_AUDIENCE) {
            addMembership(mapping, event, places);
        }
        return places;
    }

    /** In the object with the memberships, only the value under the audience key matters. */
    private static void addMembership(Mapping mapping, JsonNode event, List<List<String>> places) {
        if (mapping.membership().mode() == MembershipMode.SEGMENT_CORE) {
            places.add(TraitsOrProps.TYPE);
        }
        String audienceKey = mapping.audience().keyIn(event);
        MappingValue holder = TraitsOrProps.of(mapping.membership(), audienceKey);
        holder.places().forEach(place -> {
            JsonNode at = new PathValue("", place).in(event);
            if (at == null || !at.isContainerNode()) {
                places.add(place);
            } else if (audienceKey != null) {
                List<String> membership = new ArrayList<>(place);
                membership.add(audienceKey);
                places.add(membership);
            }
        });
    }

    private static boolean isConcealed(JsonNode event, List<String> place) {
        boolean onTheWay = IntStream.range(0, place.size())
                .mapToObj(length -> new PathValue("", place.subList(0, length)).in(event))
                .anyMatch(Concealed::is);
        return onTheWay || Concealed.in(new PathValue("", place).in(event));
    }
}
