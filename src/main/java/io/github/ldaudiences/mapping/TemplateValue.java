package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Text with values of the event in it: Segment's {@code @template}. Values that the event does not have become empty.
 * Braces in a value are text, not a template.
 *
 * @param text the template as configured
 * @param parts fixed texts and paths
 */
record TemplateValue(String text, List<MappingValue> parts) implements MappingValue {

    /** Segment: two and three braces mean the same. */
    private static final Pattern PLACE = Pattern.compile("\\{\\{\\{([^}]+)}}}|\\{\\{([^}]+)}}");

    @Override
    public JsonNode in(JsonNode event) {
        StringBuilder filled = new StringBuilder();
        for (MappingValue part : parts) {
            filled.append(JsonText.within(part.in(event)));
        }
        return TextNode.valueOf(filled.toString());
    }

    @Override
    public Stream<List<String>> places() {
        return parts.stream().flatMap(MappingValue::places);
    }

    @Override
    public String from(JsonNode event) {
        return "the template " + text;
    }

    /**
     * @param text a template, such as {@code {{traits.country}}-{{userId}}}
     * @return the compiled template
     * @throws IllegalArgumentException if there is no path between the braces
     */
    static TemplateValue parse(String text) {
        List<MappingValue> parts = new ArrayList<>();
        Matcher place = PLACE.matcher(text);
        int at = 0;
        while (place.find()) {
            addText(parts, text.substring(at, place.start()));
            parts.add(PathValue.parseLenient((place.group(1) != null ? place.group(1) : place.group(2)).strip()));
            at = place.end();
        }
        addText(parts, text.substring(at));
        return new TemplateValue(text, List.copyOf(parts));
    }

    private static void addText(List<MappingValue> parts, String text) {
        if (!text.isEmpty()) {
            parts.add(new LiteralValue(TextNode.valueOf(text)));
        }
    }
}
