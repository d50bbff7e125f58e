package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;

/**
 * A value of Segment's mapping language: a literal, or a directive that computes the value from the event. {@code
 * $.traits.email} is short for {@code {"@path":"$.traits.email"}}.
 */
public interface MappingValue {

    /** A value that is always absent: the value of an optional field that is not configured. */
    MappingValue NONE = new LiteralValue(null);

    /**
     * @param event the event's JSON
     * @return the value, or null if it is absent; JSON null counts as absent
     */
    JsonNode in(JsonNode event);

    /** @return the places of an event that the value is computed from, each as a list of names; none for a literal */
    Stream<List<String>> places();

    /**
     * @param event the event's JSON
     * @return a description of where the value of this event comes from: the path, the literal, or the directive
     */
    String from(JsonNode event);

    /**
     * Compiles a configured value.
     *
     * @param text a path that begins with {@code $.}, a directive as JSON object, or a literal string
     * @return the compiled value
     * @throws IllegalArgumentException saying what is wrong, or which directive is not supported
     */
    static MappingValue compile(String text) {
        return MappingValueParser.parse(text);
    }
}
