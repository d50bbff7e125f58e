package io.github.ldaudiences.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;

/** How the JSON of events is parsed: in UTF-8, with every digit kept. */
final class EventJson {

    /**
     * Brackets that may be open at once anywhere in a body. An event that nests deeper than its own, far lower, limit
     * is rejected alone; beyond this one the body is refused, so that a body of brackets cannot take all memory.
     */
    private static final int MAX_OPEN_BRACKETS = 20_000;

    /** The limits that matter are those of {@link EventReader}, which cost one event and not its neighbours. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            // JSON is UTF-8. A body in anything else is refused rather than guessed at.
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_OPEN_BRACKETS)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final ObjectReader READER = MAPPER.readerFor(JsonNode.class);

    private EventJson() {}

    static JsonParser parser(byte[] body, int from, int to) throws IOException {
        return FACTORY.createParser(body, from, to - from);
    }

    static JsonNode parse(byte[] body, int from, int to) throws IOException {
        return READER.readValue(body, from, to - from);
    }

    /** @return a new object without fields */
    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /**
     * Adds what a batch object says for all of its events to one of them. What the event says itself wins; null counts
     * as saying nothing.
     *
     * @param shared outer fields
     * @param event the event, which is changed
     */
    static void share(ObjectNode shared, ObjectNode event) {
        for (Map.Entry<String, JsonNode> field : shared.properties()) {
            JsonNode own = event.get(field.getKey());
            if (own == null || own.isNull()) {
                // Not copied: nothing changes an event after it has been read.
                event.set(field.getKey(), field.getValue());
            } else if (own instanceof ObjectNode ownObject && field.getValue() instanceof ObjectNode sharedObject) {
                share(sharedObject, ownObject);
            }
        }
    }
}
