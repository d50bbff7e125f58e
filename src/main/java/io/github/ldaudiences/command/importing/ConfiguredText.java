package io.github.ldaudiences.command.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.ldaudiences.mapping.MappingValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Writes a value of Segment's mapping language as the shortest text of a property. */
final class ConfiguredText {

    /** Camel treats text between two braces as the name of a property, except in a value that is a JSON object. */
    private static final String PLACEHOLDER = "{{";

    private static final Pattern SECOND_BRACE = Pattern.compile("(?<=\\{)\\{|(?<=})}");

    private static final Pattern STRING_OR_ESCAPE = Pattern.compile("\"[^\"]*\"|\\\\.", Pattern.DOTALL);

    private ConfiguredText() {}

    /**
     * @param value a literal or a directive, as Segment writes it
     * @return the text to configure
     * @throws IllegalArgumentException if it is a directive that is wrong or not supported
     */
    static String of(JsonNode value) {
        String literal =
                JsonNodeFactory.instance.objectNode().set("@literal", value).toString();
        String json = value.isObject() ? value.toString() : literal;
        MappingValue meant = MappingValue.compile(json);
        return Stream.of(value.path("@path").asText(), value.asText())
                .filter(text -> !text.isEmpty() && text.equals(text.strip()))
                .filter(text -> !text.contains(PLACEHOLDER) && means(text, meant))
                .findFirst()
                .orElse(json);
    }

    private static boolean means(String text, MappingValue meant) {
        try {
            return MappingValue.compile(text).equals(meant);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * @param trigger FQL as Segment reads it: a backslash in a string is an ordinary character, and one before a dot of
     *     a path has no effect
     * @return FQL with the same meaning here, without text that Camel would treat as placeholders
     */
    static String ofTrigger(String trigger) {
        String text = STRING_OR_ESCAPE
                .matcher(trigger.strip())
                .replaceAll(found -> Matcher.quoteReplacement(asReadHere(found.group())));
        // In FQL, a backslash escapes the next character.
        return SECOND_BRACE.matcher(text).replaceAll("\\\\$0");
    }

    private static String asReadHere(String stringOrEscape) {
        if (stringOrEscape.startsWith("\"")) {
            return stringOrEscape.replace("\\", "\\\\");
        }
        return "\\.".equals(stringOrEscape) ? "." : stringOrEscape;
    }
}
