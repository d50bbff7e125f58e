package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a JSON text says: Segment's {@code @json} with the mode {@code decode}. A text that is no JSON says nothing; what
 * is no text stays as it is.
 *
 * @param value the value
 */
record DecodedValue(MappingValue value) implements MappingValue {

    @Override
    public JsonNode in(JsonNode event) {
        JsonNode found = value.in(event);
        if (found == null || !found.isTextual()) {
            return found;
        }
        try {
            JsonNode decoded = MappingJson.read(found.textValue());
            return decoded.isNull() || decoded.isMissingNode() ? null : decoded;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    @Override
    public String from(JsonNode event) {
        return "the JSON in " + value.from(event);
    }
}
