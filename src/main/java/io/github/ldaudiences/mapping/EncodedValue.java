package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.stream.Stream;

/**
 * A value as JSON text: Segment's {@code @json} with the mode {@code encode}.
 *
 * @param value the value
 */
record EncodedValue(MappingValue value) implements MappingValue {

    @Override
    public JsonNode in(JsonNode event) {
        JsonNode found = value.in(event);
        String json = found == null ? null : MappingJson.write(found);
        return json == null ? null : TextNode.valueOf(json);
    }

    @Override
    public Stream<List<String>> places() {
        return value.places();
    }

    @Override
    public String from(JsonNode event) {
        return "the JSON of " + value.from(event);
    }
}
