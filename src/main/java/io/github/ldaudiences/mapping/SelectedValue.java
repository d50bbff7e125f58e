package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The first array item whose fields have certain texts, or a place within it: a path with a selector of RFC 9535, such
 * as {@code $.identities[?@.type=='email'].value}.
 *
 * @param text the path as configured
 * @param array the array
 * @param conditions the conditions that the item must meet
 * @param rest the path that continues from the item; empty for the item itself
 */
record SelectedValue(String text, PathValue array, List<Condition> conditions, PathValue rest) implements MappingValue {

    private static final String OPENING = "[?";
    private static final Pattern CONDITION =
            Pattern.compile("\\s*@\\.([\\p{L}\\p{N}_-]+)\\s*==\\s*'([^']*)'\\s*(&&|])");

    /**
     * @param field a field of the item
     * @param text the expected value of the field, as text
     */
    record Condition(String field, String text) {}

    /** @return whether a path has a selector */
    static boolean isIn(String path) {
        return path.contains(OPENING);
    }

    /**
     * @param path a path with one selector
     * @return the compiled path
     * @throws IllegalArgumentException saying where it is wrong
     */
    static SelectedValue parse(String path) {
        int begin = path.indexOf(OPENING);
        List<Condition> conditions = new ArrayList<>();
        Matcher condition = CONDITION.matcher(path);
        int at = begin + OPENING.length();
        do {
            if (!condition.region(at, path.length()).lookingAt()) {
                throw new IllegalArgumentException(
                        "is not a path: expected a condition such as @.type=='email', and ']'"
                                + " or '&&', at position " + (at + 1));
            }
            conditions.add(new Condition(condition.group(1), condition.group(2)));
            at = condition.end();
        } while (condition.group(3).equals("&&"));
        String rest = path.substring(at);
        if (isIn(rest)) {
            throw new IllegalArgumentException("is not a path: it has more than one [?");
        }
        return new SelectedValue(
                path,
                PathValue.parseLenient(path.substring(0, begin)),
                List.copyOf(conditions),
                rest.isEmpty() ? PathValue.parseDirective("") : PathValue.parse("$" + rest));
    }

    @Override
    public JsonNode in(JsonNode event) {
        JsonNode items = array.in(event);
        if (items != null && items.isArray()) {
            for (JsonNode item : items) {
                if (isWanted(item)) {
                    return rest.in(item);
                }
            }
        }
        return null;
    }

    private boolean isWanted(JsonNode item) {
        for (Condition condition : conditions) {
            JsonNode found = item.get(condition.field());
            if (found == null || !found.isValueNode() || !condition.text().equals(JsonText.within(found))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Stream<List<String>> places() {
        return array.places();
    }

    @Override
    public String from(JsonNode event) {
        return text;
    }
}
