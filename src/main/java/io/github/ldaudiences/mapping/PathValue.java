package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The value at a place in the event: Segment's {@code @path}.
 *
 * @param text the path as it is written
 * @param steps names, and positions in arrays
 */
record PathValue(String text, List<Object> steps) implements MappingValue {

    @Override
    public JsonNode in(JsonNode event) {
        JsonNode node = event;
        for (Object step : steps) {
            node = step instanceof Integer index ? node.get(index) : node.get((String) step);
            if (node == null) {
                return null;
            }
        }
        return node.isNull() ? null : node;
    }

    @Override
    public String from(JsonNode event) {
        return text;
    }

    /**
     * @param text a path, such as {@code $.a.b[0]['c d']}
     * @return the compiled path
     * @throws IllegalArgumentException saying where it is wrong
     */
    static PathValue parse(String text) {
        List<Object> steps = new ArrayList<>();
        if (!text.startsWith("$")) {
            throw new IllegalArgumentException("is not a path: it must begin with $.");
        }
        int at = 1;
        while (at < text.length()) {
            if (text.charAt(at) == '.') {
                int end = at + 1;
                while (end < text.length() && text.charAt(end) != '.' && text.charAt(end) != '[') {
                    end++;
                }
                if (end == at + 1) {
                    throw new IllegalArgumentException("is not a path: a name is missing at position " + (at + 2));
                }
                steps.add(text.substring(at + 1, end));
                at = end;
            } else if (text.charAt(at) == '[') {
                int end = text.startsWith("['", at) ? text.indexOf("']", at) + 1 : text.indexOf(']', at);
                if (end <= 0) {
                    throw new IllegalArgumentException("is not a path: a ']' is missing after position " + (at + 1));
                }
                steps.add(bracket(text.substring(at + 1, end)));
                at = end + 1;
            } else {
                throw new IllegalArgumentException("is not a path: expected '.' or '[' at position " + (at + 1));
            }
        }
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("is not a path: it names no field");
        }
        return new PathValue(text, List.copyOf(steps));
    }

    private static Object bracket(String inside) {
        if (inside.length() > 1 && inside.startsWith("'") && inside.endsWith("'")) {
            return inside.substring(1, inside.length() - 1);
        }
        try {
            return Integer.valueOf(inside);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("is not a path: [" + inside + "] is neither an index nor a name in '…'");
        }
    }
}
