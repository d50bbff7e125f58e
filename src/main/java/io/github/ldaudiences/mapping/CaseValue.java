package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A text in upper or lower case: Segment's {@code @case}. Values that are not text are unchanged.
 *
 * @param value the value
 * @param upper true for upper case
 */
record CaseValue(MappingValue value, boolean upper) implements MappingValue {

    @Override
    public JsonNode in(JsonNode event) {
        JsonNode found = value.in(event);
        if (found == null || !found.isTextual()) {
            return found;
        }
        String text = found.textValue();
        return TextNode.valueOf(upper ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT));
    }

    @Override
    public Stream<List<String>> places() {
        return value.places();
    }

    @Override
    public String from(JsonNode event) {
        return (upper ? "upper case of " : "lower case of ") + value.from(event);
    }
}
