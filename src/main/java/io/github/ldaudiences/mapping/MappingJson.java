package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.event.UnicodeCheck;

/** Reads and writes the JSON of configured values, and JSON that is text within an event. Numbers keep all digits. */
final class MappingJson {

    /** How deeply values may be nested; the limit for events is the same. */
    private static final int MAX_DEPTH = 500;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private MappingJson() {}

    /** @return a new object without fields */
    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** @return a new array without items */
    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /**
     * @param text one JSON document
     * @return its value
     * @throws JsonProcessingException if the text is not JSON, is nested too deeply, or holds text that is not
     *     well-formed Unicode
     */
    static JsonNode read(String text) throws JsonProcessingException {
        byte[] json = UnicodeCheck.bytes(text);
        String malformed = UnicodeCheck.problem(json, 0, json.length);
        if (malformed != null) {
            throw new JsonParseException(null, "The text " + malformed);
        }
        return MAPPER.readTree(text);
    }

    /**
     * @param value any JSON
     * @return its text, or null if it is nested too deeply
     */
    static String write(JsonNode value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
