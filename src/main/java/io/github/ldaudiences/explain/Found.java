package io.github.ldaudiences.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.event.ShortText;

/**
 * Describes a value found in an event. The description is short, because an explanation repeats it for each mapping.
 */
final class Found {

    /** The maximum length of an identifier. */
    private static final int MAX_SHOWN = 500;

    private Found() {}

    /**
     * @param value what was found, or null
     * @return an object with {@code value}; or with {@code found}, a description, if it is absent or not a single value
     */
    static ObjectNode object(JsonNode value) {
        ObjectNode shown = JsonNodeFactory.instance.objectNode();
        if (value == null || value.isNull()) {
            return shown.put(Names.FOUND, "nothing");
        } else if (value.isObject()) {
            return shown.put(Names.FOUND, "an object");
        } else if (value.isArray()) {
            return shown.put(Names.FOUND, "an array of " + value.size());
        } else if (value.isTextual() && value.textValue().length() > MAX_SHOWN) {
            return shown.put(Names.VALUE, ShortText.of(value.textValue(), MAX_SHOWN));
        }
        return shown.set(Names.VALUE, value);
    }

    /**
     * @param value what was found, or null
     * @return a description for use in a sentence
     */
    static String inWords(JsonNode value) {
        ObjectNode shown = object(value);
        return shown.has(Names.VALUE)
                ? shown.path(Names.VALUE).toString()
                : shown.path(Names.FOUND).asText();
    }
}
