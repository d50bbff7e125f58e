package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;

/**
 * One of two values: Segment's {@code @if}.
 *
 * @param tested the value that decides
 * @param question what is asked about it
 * @param then the value if the answer is yes
 * @param otherwise the value if it is no
 */
record ConditionalValue(MappingValue tested, Question question, MappingValue then, MappingValue otherwise)
        implements MappingValue {

    /** What can be asked about a value. */
    enum Question {
        /** Segment's {@code exists}: it is neither absent nor null. */
        EXISTS,
        /** Segment's {@code blank}, which in spite of its name chooses {@code then} for what is not blank. */
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

    /** Segment: what JavaScript holds to be like the empty string, which are also false, zero and the empty array. */
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
