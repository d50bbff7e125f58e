package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;
import java.util.stream.Stream;

/**
 * An array that the mapping makes. An item whose value the event does not have becomes null.
 *
 * @param items the value of each item
 */
record ArrayValue(List<MappingValue> items) implements MappingValue {

    @Override
    public JsonNode in(JsonNode event) {
        ArrayNode array = MappingJson.array();
        items.forEach(item -> array.add(item.in(event)));
        return array;
    }

    @Override
    public Stream<List<String>> places() {
        return items.stream().flatMap(MappingValue::places);
    }

    @Override
    public String from(JsonNode event) {
        return "an array of " + items.size();
    }
}
