package io.github.ldaudiences.deadletter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * A dead letter in a file.
 *
 * @param line its line, without its end
 * @param json the parsed line
 */
public record StoredLetter(byte[] line, ObjectNode json) {

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /**
     * @param line a line of a file
     * @return its letter; null if it has none, such as half a line or one that is still being written
     */
    static StoredLetter of(byte[] line) {
        try {
            return JSON.readTree(line) instanceof ObjectNode json && json.has(DeadLetterLine.REASON)
                    ? new StoredLetter(line, json)
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** @return its id, or null */
    public String id() {
        return json.path(DeadLetterLine.ID).textValue();
    }

    /** @return the mapping that rejected the event, or null */
    public String mapping() {
        return json.path(DeadLetterLine.MAPPING).textValue();
    }

    /** @return the code of the problem, or null */
    public String code() {
        return json.path(DeadLetterLine.CODE).textValue();
    }

    /** @return when it was made, or null */
    Instant time() {
        try {
            return Instant.parse(json.path(DeadLetterLine.TIME).asText());
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** @return the event, or null if the letter does not have it as JSON */
    public JsonNode event() {
        return json.get(DeadLetterLine.EVENT);
    }
}
