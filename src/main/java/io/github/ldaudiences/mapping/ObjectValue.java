package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An object that the mapping makes, field by field. Fields whose value the event does not have are left out.
 *
 * @param fields the value of each field
 */
record ObjectValue(Map<String, MappingValue> fields) implements MappingValue {

    @Override
    public JsonNode in(JsonNode event) {
        ObjectNode object = MappingJson.object();
        fields.forEach((name, value) -> {
            JsonNode found = value.in(event);
            if (found != null) {
                object.set(name, found);
            }
        });
        return object;
    }

    @Override
    public Stream<List<String>> places() {
        return fields.values().stream().flatMap(MappingValue::places);
    }

    @Override
    public String from(JsonNode event) {
        return "an object of the fields " + String.join(", ", fields.keySet());
    }
}
