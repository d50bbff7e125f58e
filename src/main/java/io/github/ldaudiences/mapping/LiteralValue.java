package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;

/**
 * The same value for every event.
 *
 * @param value the value, or null for none
 */
record LiteralValue(JsonNode value) implements MappingValue {

    @Override
    public JsonNode in(JsonNode event) {
        return value;
    }

    @Override
    public Stream<List<String>> places() {
        return Stream.empty();
    }

    @Override
    public String from(JsonNode event) {
        return value == null ? "nothing" : "the literal " + value;
    }
}
