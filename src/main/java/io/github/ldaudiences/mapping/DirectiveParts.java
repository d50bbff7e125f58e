package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** The parts of one directive. Each is checked when it is read. A part that is null counts as missing. */
final class DirectiveParts {

    private final String directive;
    private final String needs;
    private final JsonNode parts;

    /**
     * @param directive its name, such as {@code @case}
     * @param parts the argument of the directive
     * @param needs what the argument must be, as the end of the sentence "which needs …"
     * @param allowed the names of the parts that it may have
     * @throws IllegalArgumentException if the argument is not an object, or has other parts
     */
    DirectiveParts(String directive, JsonNode parts, String needs, String... allowed) {
        this.directive = directive;
        this.parts = parts;
        this.needs = needs;
        require(parts.isObject());
        parts.fieldNames().forEachRemaining(name -> require(List.of(allowed).contains(name)));
    }

    void require(boolean condition) {
        if (!condition) {
            throw wrong(directive, needs);
        }
    }

    static IllegalArgumentException wrong(String directive, String needs) {
        return new IllegalArgumentException("has the directive " + directive + ", which needs " + needs);
    }

    boolean has(String part) {
        return parts.hasNonNull(part);
    }

    MappingValue value(String part) {
        require(has(part));
        return MappingValueParser.compile(parts.get(part));
    }

    MappingValue valueOrNone(String part) {
        return has(part) ? MappingValueParser.compile(parts.get(part)) : MappingValue.NONE;
    }

    List<MappingValue> values(String part) {
        require(parts.path(part).isArray());
        return MappingValueParser.compileAll(parts.get(part));
    }

    Map<String, MappingValue> fields(String part) {
        require(parts.path(part).isObject() && !parts.path(part).isEmpty());
        return MappingValueParser.compileFields(parts.get(part));
    }

    String nonEmptyText(String part) {
        String text = parts.path(part).textValue();
        require(text != null && !text.isEmpty());
        return text;
    }

    String textOrEmpty(String part) {
        if (!has(part)) {
            return "";
        }
        require(parts.get(part).isTextual());
        return parts.get(part).textValue();
    }

    /** @return whether the part is the first of the two allowed texts */
    boolean isFirst(String part, String first, String second) {
        String text = parts.path(part).textValue();
        require(first.equals(text) || second.equals(text));
        return first.equals(text);
    }

    boolean flag(String part, boolean otherwise) {
        if (!has(part)) {
            return otherwise;
        }
        require(parts.get(part).isBoolean());
        return parts.get(part).booleanValue();
    }
}
