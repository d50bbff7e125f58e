package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The entry of a table for a value: {@code @table}. A value that the table does not have stays as it is, so that a reason
 * can name it, unless there is one for all others.
 *
 * @param value the value; numbers, {@code true} and {@code false} are looked up as text
 * @param entries what is found under each text
 * @param otherwise for any other value, and for none; {@link MappingValue#NONE} leaves it as it is
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
