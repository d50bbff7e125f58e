package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;

/** Compiles values of Segment's mapping language. */
final class MappingValueParser {

    /** Strict about what follows a directive. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private MappingValueParser() {}

    static MappingValue parse(String text) {
        String trimmed = text.trim();
        if (trimmed.isEmpty()) {
            return MappingValue.NONE;
        }
        if (trimmed.startsWith("$.") || trimmed.startsWith("$[")) {
            return PathValue.parse(trimmed);
        }
        if (trimmed.startsWith("{")) {
            try {
                return compile(JSON.readTree(trimmed));
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException("is not valid JSON: " + e.getOriginalMessage(), e);
            }
        }
        return new LiteralValue(TextNode.valueOf(text));
    }

    private static MappingValue compile(JsonNode value) {
        if (!value.isObject()) {
            return new LiteralValue(value.isNull() ? null : value);
        }
        if (value.size() == 1 && value.path("@path").isTextual()) {
            return PathValue.parse(value.get("@path").textValue());
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
        MappingValue then = directive.has("then") ? compile(directive.get("then")) : MappingValue.NONE;
        MappingValue otherwise = directive.has("else") ? compile(directive.get("else")) : MappingValue.NONE;
        return new ConditionalValue(condition, exists, then, otherwise);
    }
}
