package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A path to values of an event, in the syntax of a mapping's paths. In an array, a number is a position, and a name is
 * that field of each item: {@code $.products.email} is the {@code email} of every product.
 *
 * @param steps the names along the path; none for the whole event
 */
public record EventPath(List<String> steps) {

    /**
     * @param text comma-separated paths, each beginning with {@code $.}; may be empty
     * @return the paths
     * @throws IllegalArgumentException saying which path is wrong, and where
     */
    public static List<EventPath> parseList(String text) {
        List<EventPath> paths = new ArrayList<>();
        if (text.isBlank()) {
            return paths;
        }
        int from = 0;
        while (from <= text.length()) {
            int to = endOfPath(text, from);
            paths.add(parse(text.substring(from, to).strip()));
            from = to + 1;
        }
        return List.copyOf(paths);
    }

    private static EventPath parse(String text) {
        try {
            return new EventPath(PathValue.parse(text).steps());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' " + e.getMessage(), e);
        }
    }

    /** Handles commas inside quoted names. */
    private static int endOfPath(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) != ',') {
            int quoted = text.startsWith("['", at) ? text.indexOf("']", at + 2) : -1;
            at = quoted < 0 ? at + 1 : quoted + 2;
        }
        return at;
    }

    /**
     * @param event the event, which is changed
     * @param replacement makes the new value of each value that the path names
     */
    public void replaceIn(ObjectNode event, UnaryOperator<JsonNode> replacement) {
        if (steps.isEmpty()) {
            event.properties().forEach(field -> field.setValue(replacement.apply(field.getValue())));
        } else {
            replaceIn(event, 0, replacement);
        }
    }

    private void replaceIn(JsonNode holder, int at, UnaryOperator<JsonNode> replacement) {
        String step = steps.get(at);
        if (holder instanceof ObjectNode object && object.has(step)) {
            object.set(step, replaced(object.get(step), at, replacement));
        } else if (holder instanceof ArrayNode array) {
            int index = PathValue.index(step);
            if (index < 0) {
                array.forEach(item -> replaceIn(item, at, replacement));
            } else if (index < array.size()) {
                array.set(index, replaced(array.get(index), at, replacement));
            }
        }
    }

    private JsonNode replaced(JsonNode value, int at, UnaryOperator<JsonNode> replacement) {
        if (at == steps.size() - 1) {
            return replacement.apply(value);
        }
        replaceIn(value, at + 1, replacement);
        return value;
    }
}
