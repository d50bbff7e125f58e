package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The fields of several objects in one: Segment's {@code @merge}. If several objects have the same field, the last one
 * wins. Values that are not objects are ignored.
 *
 * @param objects the objects, in ascending precedence
 */
record MergedValue(List<MappingValue> objects) implements MappingValue {

    @Override
    public JsonNode in(JsonNode event) {
        ObjectNode merged = MappingJson.object();
        for (MappingValue each : objects) {
            if (each.in(event) instanceof ObjectNode object) {
                merged.setAll(object);
            }
        }
        return merged;
    }

    @Override
    public Stream<List<String>> places() {
        return objects.stream().flatMap(MappingValue::places);
    }

    @Override
    public String from(JsonNode event) {
        return objects.stream().map(each -> each.from(event)).collect(Collectors.joining(" and ")) + ", merged";
    }
}
