package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.stream.Stream;

/**
 * A text with parts of it replaced: Segment's {@code @replace}. Numbers and booleans count as text; of anything else
 * nothing is left but the empty text.
 *
 * @param value the value
 * @param replacements what is replaced, one after the other
 * @param global whether each occurrence is replaced, or only the first
 */
record ReplaceValue(MappingValue value, List<Replacement> replacements, boolean global) implements MappingValue {

    /**
     * One text that is replaced by another.
     *
     * @param pattern the text, which is no regular expression; not empty
     * @param replacement what stands in its place
     * @param ignoreCase whether the text is also found in other case
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
