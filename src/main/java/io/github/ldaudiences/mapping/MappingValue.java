package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A value of Segment's mapping language: a literal, or a directive that finds the value in the event. {@code
 * $.traits.email} is short for {@code {"@path":"$.traits.email"}}.
 */
public interface MappingValue {

    /** Strict about what follows a directive. */
    ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** A value that is always absent: what an optional field has when nothing is configured for it. */
    MappingValue NONE = event -> null;

    /**
     * @param event the event's JSON
     * @return the value, or null if the event has none; JSON null counts as none
     */
    JsonNode in(JsonNode event);

    /**
     * Compiles a configured value.
     *
     * @param text a path that begins with {@code $.}, a directive as JSON object, or a literal string
     * @return the compiled value
     * @throws IllegalArgumentException saying what is wrong, or which directive is not supported
     */
    static MappingValue compile(String text) {
        String trimmed = text.trim();
        if (trimmed.isEmpty()) {
            return NONE;
        }
        if (trimmed.startsWith("$.") || trimmed.startsWith("$[")) {
            return path(trimmed);
        }
        if (trimmed.startsWith("{")) {
            try {
                return compile(JSON.readTree(trimmed));
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException("is not valid JSON: " + e.getOriginalMessage(), e);
            }
        }
        JsonNode literal = TextNode.valueOf(text);
        return event -> literal;
    }

    private static MappingValue compile(JsonNode value) {
        if (!value.isObject()) {
            JsonNode literal = value.isNull() ? null : value;
            return event -> literal;
        }
        if (value.size() == 1 && value.path("@path").isTextual()) {
            return path(value.get("@path").textValue());
        }
        if (value.size() == 1 && value.has("@if")) {
            return conditional(value.get("@if"));
        }
        String names = String.join(", ", () -> value.properties().stream()
                .map(field -> (CharSequence) field.getKey())
                .iterator());
        throw new IllegalArgumentException(
                "has the directive " + names + ", which is not supported; supported are @path and @if");
    }

    /** Segment: {@code exists} is neither absent nor null; {@code blank} is absent, null or the empty string. */
    private static MappingValue conditional(JsonNode directive) {
        boolean exists = directive.has("exists");
        if (exists == directive.has("blank")) {
            throw new IllegalArgumentException("has an @if that needs either exists or blank");
        }
        MappingValue condition = compile(directive.get(exists ? "exists" : "blank"));
        MappingValue then = directive.has("then") ? compile(directive.get("then")) : NONE;
        MappingValue otherwise = directive.has("else") ? compile(directive.get("else")) : NONE;
        return event -> {
            JsonNode tested = condition.in(event);
            boolean present = tested != null
                    && (exists || !(tested.isTextual() && tested.textValue().isEmpty()));
            return (present == exists ? then : otherwise).in(event);
        };
    }

    private static MappingValue path(String text) {
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
        return path(steps.toArray());
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

    private static MappingValue path(Object[] steps) {
        return event -> {
            JsonNode node = event;
            for (Object step : steps) {
                node = step instanceof Integer index ? node.get(index) : node.get((String) step);
                if (node == null) {
                    return null;
                }
            }
            return node.isNull() ? null : node;
        };
    }
}
