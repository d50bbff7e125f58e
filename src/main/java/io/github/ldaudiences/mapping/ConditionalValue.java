package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One of two values: Segment's {@code @if}.
 *
 * @param condition what is tested
 * @param exists true to test whether it is neither absent nor null; false to test whether it is absent, null or the empty
 *     string
 * @param then the value if it is so
 * @param otherwise the value if not
 */
record ConditionalValue(MappingValue condition, boolean exists, MappingValue then, MappingValue otherwise)
        implements MappingValue {

    @Override
    public JsonNode in(JsonNode event) {
        return chosen(event).in(event);
    }

    @Override
    public String from(JsonNode event) {
        return chosen(event).from(event);
    }

    private MappingValue chosen(JsonNode event) {
        JsonNode tested = condition.in(event);
        boolean present = tested != null
                && (exists || !(tested.isTextual() && tested.textValue().isEmpty()));
        return present == exists ? then : otherwise;
    }
}
