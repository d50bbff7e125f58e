package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Looks a value up in a table: {@code @table}. A value that is not in the table becomes the default. Without a default
 * it is unchanged, so that a reason can name it.
 *
 * @param value the value; numbers, {@code true} and {@code false} are looked up as text
 * @param entries the result for each text
 * @param otherwise the default, also for an absent value; {@link MappingValue#NONE} leaves the value unchanged
 */
record TableValue(MappingValue value, Map<String, MappingValue> entries, MappingValue otherwise)
        implements MappingValue {

    @Override
    public JsonNode in(JsonNode event) {
        MappingValue entry = entry(event);
        return entry == null ? value.in(event) : entry.in(event);
    }

    @Override
    public Stream<List<String>> places() {
        return Stream.concat(Stream.of(value, otherwise), entries.values().stream())
                .flatMap(MappingValue::places);
    }

    @Override
    public String from(JsonNode event) {
        return "a table for " + value.from(event);
    }

    private MappingValue entry(JsonNode event) {
        MappingValue entry = entries.get(JsonText.within(value.in(event)));
        return entry != null || otherwise == MappingValue.NONE ? entry : otherwise;
    }
}
