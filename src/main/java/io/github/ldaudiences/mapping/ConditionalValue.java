package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;

/**
 * One of two values: Segment's {@code @if}.
 *
 * @param tested the value that is tested
 * @param question the test
 * @param then the value if the test passes
 * @param otherwise the value if it fails
 */
record ConditionalValue(MappingValue tested, Question question, MappingValue then, MappingValue otherwise)
        implements MappingValue {

    /** The tests for a value. */
    enum Question {
        /** Segment's {@code exists}: the value is neither absent nor null. */
        EXISTS,
        /** Segment's {@code blank}: despite its name, it chooses {@code then} for values that are not blank. */
        NOT_BLANK
    }

    @Override
    public JsonNode in(JsonNode event) {
        return chosen(event).in(event);
    }

    @Override
    public Stream<List<String>> places() {
        return Stream.of(tested, then, otherwise).flatMap(MappingValue::places);
    }

    @Override
    public String from(JsonNode event) {
        return chosen(event).from(event);
    }

    private MappingValue chosen(JsonNode event) {
        JsonNode value = tested.in(event);
        boolean yes = value != null && (question == Question.EXISTS || !isBlank(value));
        return yes ? then : otherwise;
    }

    /**
     * Segment: whether JavaScript treats the value like the empty string; false, zero and the empty array count as
     * blank, too.
     */
    private static boolean isBlank(JsonNode value) {
        JsonNode node = value;
        while (node.isArray() && node.size() == 1) {
            node = node.get(0);
            if (node.isNull()) {
                return true;
            }
        }
        if (node.isArray()) {
            return node.isEmpty();
        }
        if (node.isTextual()) {
            return node.textValue().isEmpty();
        }
        return node == value && (node.isNumber() ? node.doubleValue() == 0 : node.isBoolean() && !node.booleanValue());
    }
}
