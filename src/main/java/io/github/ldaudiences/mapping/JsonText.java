package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.ldaudiences.event.ShortText;
import io.github.ldaudiences.problem.ProblemCode;
import java.math.BigDecimal;

/**
 * Converts JSON values to the text of a field, as Segment's framework does, except that long numbers keep their digits.
 */
final class JsonText {

    private static final int MAX_SHOWN = 60;

    /** Longer than any meaningful identifier. Identifiers are kept in memory and quoted in reasons. */
    private static final int MAX_LENGTH = 500;

    private JsonText() {}

    /**
     * Segment: numbers and booleans become text, an array with one element becomes that element, null and the empty
     * string are absent.
     *
     * @param field the name for the message, such as {@code segment_user_id}
     * @param value the value found, or null
     * @return the text, or null if absent
     * @throws UnmappableEventException if the value is an object, an array of another size, or a number that needs an
     *     exponent
     */
    static String of(String field, JsonNode value) throws UnmappableEventException {
        if (value instanceof TextNode text) { // the usual case
            return text.textValue().isEmpty() ? null : text.textValue();
        }
        JsonNode node = unwrapped(value);
        if (node == null || node.isNull()) {
            return null;
        }
        if (node.isContainerNode()) {
            throw new UnmappableEventException(
                    ProblemCode.FIELD_NOT_TEXT, field + ": expected text, found " + describe(node) + ".");
        }
        String text = text(node);
        if (node.isBigDecimal() && text.indexOf('E') >= 0) {
            // The same number can be written in many ways, so this text may differ from the sender's.
            throw new UnmappableEventException(
                    ProblemCode.FIELD_NOT_TEXT,
                    field + ": the number " + describe(node) + " is too large or too small; send it as text.");
        }
        return text.isEmpty() ? null : text;
    }

    /**
     * @param field the name for the message
     * @param text what was found in it
     * @return the text
     * @throws UnmappableEventException if it is too long for an identifier
     */
    static String checkLength(String field, String text) throws UnmappableEventException {
        if (text.length() > MAX_LENGTH) {
            throw new UnmappableEventException(
                    ProblemCode.FIELD_TOO_LONG,
                    field + ": expected at most " + MAX_LENGTH + " characters, found " + text.length() + ".");
        }
        return text;
    }

    /**
     * @param value the value found, or null
     * @return the value as part of a longer text: empty if absent, JSON for an object or array
     */
    static String within(JsonNode value) {
        JsonNode node = unwrapped(value);
        if (node == null || node.isNull()) {
            return "";
        }
        if (node.isContainerNode()) {
            String json = MappingJson.write(node);
            return json == null ? "" : json;
        }
        return text(node);
    }

    private static JsonNode unwrapped(JsonNode value) {
        JsonNode node = value;
        while (node != null && node.isArray() && node.size() == 1) {
            node = node.get(0);
        }
        return node;
    }

    private static String text(JsonNode node) {
        return node.isBigDecimal() ? plain(node.decimalValue()) : node.asText();
    }

    /** Writes 1e3 as 1000, but does not expand 1e300 to three hundred zeros. */
    private static String plain(BigDecimal number) {
        return Math.abs((long) number.scale()) > 30 ? number.toString() : number.toPlainString();
    }

    /** @return a short description of the value for use in a sentence */
    static String describe(JsonNode value) {
        if (value == null) {
            return "nothing";
        }
        if (value.isObject()) {
            return "an object";
        }
        if (value.isArray()) {
            return "an array of " + value.size();
        }
        return ShortText.of(value.toString(), MAX_SHOWN);
    }
}
