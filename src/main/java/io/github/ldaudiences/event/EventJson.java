package io.github.ldaudiences.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Parses the JSON of events: as UTF-8, without losing digits. */
final class EventJson {

    /**
     * Limit of brackets that may be open at once anywhere in a body. An event beyond its own, far lower, nesting limit
     * is rejected alone. Beyond this limit the body is refused, so that a body of brackets cannot exhaust memory.
     */
    private static final int MAX_OPEN_BRACKETS = 20_000;

    /** The effective limits are those of {@link EventReader}, which reject one event and not its neighbours. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            // JSON is UTF-8. A body in another encoding is refused rather than guessed at.
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            // So that such a number rejects only its own event, and not the whole body.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_OPEN_BRACKETS)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private EventJson() {}

    static JsonParser parser(byte[] body, int from, int to) throws IOException {
        return FACTORY.createParser(body, from, to - from);
    }

    /**
     * Parses an object that has been read before, and so is known to keep all limits.
     *
     * @param body holds the object, or a JSON string that holds it
     * @param from first byte of it
     * @param to first byte after it
     * @return the object
     */
    static ObjectNode parse(byte[] body, int from, int to) {
        try (JsonParser parser = parser(body, from, to)) {
            if (parser.nextToken() == JsonToken.VALUE_STRING) {
                byte[] text = text(body, from, to);
                return parse(text, 0, text.length);
            }
            return (ObjectNode) new JsonValues(parser, Integer.MAX_VALUE).read(Projection.ALL, 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @param body holds a JSON string, and nothing else
     * @param from first byte of it
     * @param to first byte after it
     * @return the content of the string, without surrounding space; empty if more follows
     */
    static byte[] text(byte[] body, int from, int to) throws IOException {
        try (JsonParser parser = parser(body, from, to)) {
            parser.nextToken();
            String text = parser.getText().strip();
            return parser.nextToken() == null ? text.getBytes(StandardCharsets.UTF_8) : new byte[0];
        }
    }

    /** @return a new object without fields */
    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
