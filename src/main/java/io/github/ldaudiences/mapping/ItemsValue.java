package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;
import java.util.stream.Stream;

/**
 * The items of an array, each converted to another value: Segment's {@code @arrayPath}. A single object counts as an
 * array with one item.
 *
 * @param items the array
 * @param shape what each item becomes; its paths are relative to the item
 */
record ItemsValue(MappingValue items, MappingValue shape) implements MappingValue {

    @Override
    public JsonNode in(JsonNode event) {
        JsonNode found = items.in(event);
        if (found == null || !found.isContainerNode()) {
            return found;
        }
        ArrayNode shaped = MappingJson.array();
        for (JsonNode item : found.isArray() ? found : List.of(found)) {
            shaped.add(shape.in(item));
        }
        return shaped;
    }

    @Override
    public Stream<List<String>> places() {
        return items.places();
    }

    @Override
    public String from(JsonNode event) {
        return "the items of " + items.from(event);
    }
}
