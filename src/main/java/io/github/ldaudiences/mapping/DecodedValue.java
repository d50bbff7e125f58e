package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;

/**
 * The value of a JSON text: Segment's {@code @json} with the mode {@code decode}. Values that are not text, and text
 * that is not JSON, are unchanged.
 *
 * @param value the value
 */
record DecodedValue(MappingValue value) implements MappingValue {

    @Override
    public JsonNode in(JsonNode event) {
        JsonNode found = value.in(event);
        JsonNode decoded = decoded(found);
        if (decoded == null) {
            return found;
        }
        return decoded.isNull() ? null : decoded;
    }

    @Override
    public Stream<List<String>> places() {
        return value.places();
    }

    @Override
    public String from(JsonNode event) {
        boolean json = decoded(value.in(event)) != null;
        return json ? "the JSON in " + value.from(event) : value.from(event) + ", which is not valid JSON";
    }

    /** @return the decoded value; null if the value is not text, or its text is not JSON */
    private static JsonNode decoded(JsonNode found) {
        if (found == null || !found.isTextual()) {
            return null;
        }
        try {
            JsonNode decoded = MappingJson.read(found.textValue());
            return decoded.isMissingNode() ? null : decoded;
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
