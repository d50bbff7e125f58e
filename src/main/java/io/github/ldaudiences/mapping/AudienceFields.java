package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * The fields that say which audience an event is about.
 *
 * @param id Segment field {@code segment_audience_id}
 * @param key Segment field {@code segment_audience_key}
 * @param contextKind Segment field {@code context_kind}
 */
public record AudienceFields(MappingValue id, MappingValue key, MappingValue contextKind) {

    /** @return all of them */
    List<MappingValue> values() {
        return List.of(id, key, contextKind);
    }

    /**
     * @param event the event's JSON
     * @return Segment's audience id of the event, or null if it has none
     */
    public String idIn(JsonNode event) {
        return textIn(event, "segment_audience_id", id);
    }

    /**
     * @param event the event's JSON
     * @return the audience key of the event, or null if it has none
     */
    public String keyIn(JsonNode event) {
        return textIn(event, "segment_audience_key", key);
    }

    private static String textIn(JsonNode event, String field, MappingValue value) {
        try {
            return JsonText.of(field, value.in(event));
        } catch (UnmappableEventException e) {
            return null;
        }
    }
}
