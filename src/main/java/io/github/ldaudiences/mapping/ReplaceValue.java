package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.stream.Stream;

/**
 * A text with parts of it replaced: Segment's {@code @replace}. Numbers and booleans are converted to text; any other
 * value becomes the empty text.
 *
 * @param value the value
 * @param replacements the replacements, applied in order
 * @param global true to replace each occurrence, false for the first only
 */
record ReplaceValue(MappingValue value, List<Replacement> replacements, boolean global) implements MappingValue {

    /**
     * One replacement.
     *
     * @param pattern the text to find, not a regular expression; not empty
     * @param replacement the text that replaces it
     * @param ignoreCase whether case is ignored
     */
    record Replacement(String pattern, String replacement, boolean ignoreCase) {

        String in(String text, boolean global) {
            StringBuilder replaced = new StringBuilder();
            boolean more = true;
            int at = 0;
            while (at < text.length()) {
                if (more && text.regionMatches(ignoreCase, at, pattern, 0, pattern.length())) {
                    replaced.append(replacement);
                    at += pattern.length();
                    more = global;
                } else {
                    replaced.append(text.charAt(at++));
                }
            }
            return replaced.toString();
        }
    }

    @Override
    public JsonNode in(JsonNode event) {
        JsonNode found = value.in(event);
        if (found == null || found.isContainerNode()) {
            return TextNode.valueOf("");
        }
        String text = JsonText.within(found);
        for (Replacement each : replacements) {
            text = each.in(text, global);
        }
        return TextNode.valueOf(text);
    }

    @Override
    public Stream<List<String>> places() {
        return value.places();
    }

    @Override
    public String from(JsonNode event) {
        StringBuilder origin = new StringBuilder(value.from(event));
        for (Replacement each : replacements) {
            origin.append(" with '")
                    .append(each.pattern())
                    .append("' replaced by '")
                    .append(each.replacement())
                    .append('\'');
        }
        return origin.toString();
    }
}
