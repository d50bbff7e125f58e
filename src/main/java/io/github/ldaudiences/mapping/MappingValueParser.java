package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.ldaudiences.problem.JsonProblem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compiles values of Segment's mapping language. */
final class MappingValueParser {

    /** Segment: metadata that its user interface adds to a directive, such as the label of the selected option. */
    private static final String METADATA = "_metadata";

    private static final String SUPPORTED =
            "@path, @template, @if, @case, @replace, @arrayPath, @literal, @json, @merge,"
                    + " @flatten, @excludeWhenNull and @table";

    private MappingValueParser() {}

    static MappingValue parse(String text) {
        String trimmed = text.trim();
        if (trimmed.isEmpty()) {
            return MappingValue.NONE;
        }
        if (trimmed.startsWith("$.") || trimmed.startsWith("$[")) {
            return SelectedValue.isIn(trimmed) ? SelectedValue.parse(trimmed) : PathValue.parse(trimmed);
        }
        if (trimmed.startsWith("{")) {
            try {
                return compile(MappingJson.read(trimmed));
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException("is not valid JSON: " + JsonProblem.of(e), e);
            }
        }
        return new LiteralValue(TextNode.valueOf(text));
    }

    /**
     * A directive is an object with a field that begins with {@code @}. The fields of other objects are values
     * themselves.
     */
    static MappingValue compile(JsonNode value) {
        if (value.isArray()) {
            return new ArrayValue(compileAll(value));
        }
        if (!value.isObject()) {
            return value.isNull() ? MappingValue.NONE : new LiteralValue(value);
        }
        List<String> names = new ArrayList<>();
        value.fieldNames().forEachRemaining(names::add);
        List<String> directives =
                names.stream().filter(name -> name.startsWith("@")).toList();
        if (directives.isEmpty()) {
            return object(value);
        }
        names.remove(METADATA);
        if (names.size() > 1) {
            throw new IllegalArgumentException("has the directive " + directives.get(0) + " together with "
                    + others(names, directives.get(0)) + ", but a directive must be alone in its object");
        }
        return directive(directives.get(0), value.get(directives.get(0)));
    }

    static List<MappingValue> compileAll(JsonNode array) {
        List<MappingValue> items = new ArrayList<>();
        array.forEach(item -> items.add(compile(item)));
        return List.copyOf(items);
    }

    private static String others(List<String> names, String directive) {
        return String.join(
                ", ", names.stream().filter(name -> !name.equals(directive)).toList());
    }

    private static MappingValue object(JsonNode value) {
        return new ObjectValue(compileFields(value));
    }

    static Map<String, MappingValue> compileFields(JsonNode object) {
        Map<String, MappingValue> fields = new LinkedHashMap<>();
        object.properties().forEach(field -> fields.put(field.getKey(), compile(field.getValue())));
        return Collections.unmodifiableMap(fields);
    }

    private static MappingValue directive(String name, JsonNode argument) {
        return switch (name) {
            case "@path" -> path(argument);
            case "@template" -> template(argument);
            case "@if" -> conditional(argument);
            case "@case" -> letterCase(argument);
            case "@replace" -> replace(argument);
            case "@arrayPath" -> items(argument);
            case "@json" -> json(argument);
            case "@merge" -> merge(argument);
            case "@flatten" -> flatten(argument);
            case "@table" -> table(argument);
            // Null counts as absent everywhere, so there is nothing to exclude.
            case "@literal", "@excludeWhenNull" -> compile(argument);
            default ->
                throw new IllegalArgumentException(
                        "has the directive " + name + ", which is not supported; supported are " + SUPPORTED);
        };
    }

    private static MappingValue path(JsonNode argument) {
        if (argument.isTextual()) {
            return path(argument.textValue());
        }
        List<String> steps = new ArrayList<>();
        for (JsonNode step : argument) {
            if (step.isTextual()) {
                steps.add(step.textValue());
            }
        }
        if (!argument.isArray() || steps.isEmpty() || steps.size() < argument.size()) {
            throw DirectiveParts.wrong("@path", "a path, such as $.traits.email, or an array of names");
        }
        return PathValue.of(steps);
    }

    private static MappingValue path(String text) {
        return SelectedValue.isIn(text) ? SelectedValue.parse(text) : PathValue.parseDirective(text);
    }

    private static MappingValue template(JsonNode argument) {
        if (!argument.isTextual()) {
            throw DirectiveParts.wrong("@template", "a text, such as {{traits.country}}-{{userId}}");
        }
        return TemplateValue.parse(argument.textValue());
    }

    private static MappingValue conditional(JsonNode argument) {
        DirectiveParts parts = new DirectiveParts(
                "@if",
                argument,
                "either exists or blank, and may have then and else",
                "exists",
                "blank",
                "then",
                "else");
        boolean exists = parts.has("exists");
        parts.require(exists != parts.has("blank"));
        return new ConditionalValue(
                parts.value(exists ? "exists" : "blank"),
                exists ? ConditionalValue.Question.EXISTS : ConditionalValue.Question.NOT_BLANK,
                parts.valueOrNone("then"),
                parts.valueOrNone("else"));
    }

    private static MappingValue letterCase(JsonNode argument) {
        DirectiveParts parts = new DirectiveParts(
                "@case", argument, "operator, which is lower or upper, and value", "operator", "value");
        return new CaseValue(parts.value("value"), parts.isFirst("operator", "upper", "lower"));
    }

    private static MappingValue replace(JsonNode argument) {
        DirectiveParts parts = new DirectiveParts(
                "@replace",
                argument,
                "pattern, a text that is not empty, and value, and may have the texts replacement, pattern2 and"
                        + " replacement2, and true or false as ignorecase and global",
                "pattern",
                "replacement",
                "pattern2",
                "replacement2",
                "ignorecase",
                "global",
                "value");
        boolean ignoreCase = parts.flag("ignorecase", false);
        List<ReplaceValue.Replacement> replacements = new ArrayList<>();
        replacements.add(new ReplaceValue.Replacement(
                parts.nonEmptyText("pattern"), parts.textOrEmpty("replacement"), ignoreCase));
        String second = parts.textOrEmpty("pattern2");
        String secondReplacement = parts.textOrEmpty("replacement2");
        if (!second.isEmpty()) {
            replacements.add(new ReplaceValue.Replacement(second, secondReplacement, ignoreCase));
        }
        return new ReplaceValue(parts.value("value"), List.copyOf(replacements), parts.flag("global", true));
    }

    private static MappingValue items(JsonNode argument) {
        JsonNode items = argument.path(0);
        JsonNode shape = argument.path(1);
        boolean shaped = shape.isObject() && !shape.isEmpty();
        boolean shapeAllowed = shape.isMissingNode() || shape.isNull() || shape.isObject();
        if (!argument.isArray() || argument.size() > 2 || !(items.isTextual() || items.isObject()) || !shapeAllowed) {
            throw DirectiveParts.wrong(
                    "@arrayPath", "an array of a path or directive and, if wanted, an object: the shape of each item");
        }
        MappingValue found = items.isTextual() ? path(items.textValue()) : compile(items);
        return shaped ? new ItemsValue(found, compile(shape)) : found;
    }

    private static MappingValue json(JsonNode argument) {
        DirectiveParts parts =
                new DirectiveParts("@json", argument, "mode, which is encode or decode, and value", "mode", "value");
        MappingValue value = parts.value("value");
        return parts.isFirst("mode", "encode", "decode") ? new EncodedValue(value) : new DecodedValue(value);
    }

    private static MappingValue merge(JsonNode argument) {
        DirectiveParts parts = new DirectiveParts(
                "@merge", argument, "objects, an array, and direction, which is left or right", "objects", "direction");
        List<MappingValue> objects = new ArrayList<>(parts.values("objects"));
        if (parts.isFirst("direction", "left", "right")) {
            Collections.reverse(objects);
        }
        return new MergedValue(List.copyOf(objects));
    }

    private static MappingValue table(JsonNode argument) {
        DirectiveParts parts = new DirectiveParts(
                "@table",
                argument,
                "value and entries, an object with a value for each text, and may have else",
                "value",
                "entries",
                "else");
        return new TableValue(parts.value("value"), parts.fields("entries"), parts.valueOrNone("else"));
    }

    private static MappingValue flatten(JsonNode argument) {
        DirectiveParts parts = new DirectiveParts(
                "@flatten",
                argument,
                "value and separator, a text that is not empty, and may have true or false as omitArrays",
                "value",
                "separator",
                "omitArrays");
        return new FlattenedValue(
                parts.value("value"), parts.nonEmptyText("separator"), parts.flag("omitArrays", false));
    }
}
