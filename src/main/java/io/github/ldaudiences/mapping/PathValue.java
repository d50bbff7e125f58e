package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The value at a place in the event: Segment's {@code @path}.
 *
 * @param text the path as configured
 * @param steps the names along the path; in an array, a number is a position
 */
record PathValue(String text, List<String> steps) implements MappingValue {

    /** Positions with more digits exceed any array in an event. */
    private static final int MAX_INDEX_DIGITS = 9;

    @Override
    public JsonNode in(JsonNode event) {
        JsonNode node = event;
        for (int i = 0; i < steps.size(); i++) { // no iterator: this runs ten times for each event
            String step = steps.get(i);
            node = node instanceof ArrayNode ? node.get(index(step)) : node.get(step);
            if (node == null) {
                return null;
            }
        }
        return node instanceof NullNode ? null : node;
    }

    @Override
    public Stream<List<String>> places() {
        return Stream.of(steps);
    }

    @Override
    public String from(JsonNode event) {
        return text;
    }

    /** @return the array position that a step stands for; -1 if it is a name */
    static int index(String step) {
        boolean number = !step.isEmpty()
                && step.length() <= MAX_INDEX_DIGITS
                && step.chars().allMatch(c -> c >= '0' && c <= '9');
        return number ? Integer.parseInt(step) : -1;
    }

    /**
     * @param steps the names along the path, at least one
     * @return the path
     */
    static PathValue of(List<String> steps) {
        return new PathValue("$['" + String.join("']['", steps) + "']", List.copyOf(steps));
    }

    /**
     * Segment: in a directive, the empty path and {@code $.} stand for the whole event.
     *
     * @param text a path, with or without {@code $.} at its beginning
     * @return the compiled path
     * @throws IllegalArgumentException saying where it is wrong
     */
    static PathValue parseDirective(String text) {
        return text.isEmpty() || "$.".equals(text) ? new PathValue("$.", List.of()) : parseLenient(text);
    }

    /**
     * @param text a path, with or without {@code $.} at its beginning
     * @return the compiled path
     * @throws IllegalArgumentException saying where it is wrong
     */
    static PathValue parseLenient(String text) {
        return parse(text.startsWith("$") ? text : "$." + text);
    }

    /**
     * @param text a path, such as {@code $.a.b[0]['c d']}
     * @return the compiled path
     * @throws IllegalArgumentException saying where it is wrong
     */
    static PathValue parse(String text) {
        List<String> steps = new ArrayList<>();
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

    private static String bracket(String inside) {
        if (inside.length() > 1 && inside.startsWith("'") && inside.endsWith("'")) {
            return inside.substring(1, inside.length() - 1);
        }
        try {
            return Integer.valueOf(inside).toString();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("is not a path: [" + inside + "] is neither an index nor a name in '…'");
        }
    }
}
