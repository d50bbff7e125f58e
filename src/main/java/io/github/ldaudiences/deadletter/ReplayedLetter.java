package io.github.ldaudiences.deadletter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.event.UnicodeCheck;
import io.github.ldaudiences.inbound.http.RequestSource;
import io.github.ldaudiences.inbound.http.SegmentCall;
import io.github.ldaudiences.problem.JsonProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * A dead letter that was read from its line.
 *
 * @param id its id, or null if it has none
 * @param arrived when its event first arrived
 * @param mapping id of the mapping that rejected it, or null
 * @param source where the event came from, or null
 * @param content the original event, or what was received in place of one
 */
record ReplayedLetter(String id, Instant arrived, String mapping, JsonNode source, byte[] content) {

    // Uses Jackson's own limits, because a line comes from the caller.
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads a line. Its event is extracted without parsing it.
     *
     * @param body holds the line
     * @param from first byte of the line
     * @param to first byte after the line
     * @return the letter
     * @throws NoDeadLetterException if the line is not a dead letter, or its event was left out
     */
    static ReplayedLetter read(byte[] body, int from, int to) throws NoDeadLetterException {
        String malformed = UnicodeCheck.problem(body, from, to);
        if (malformed != null) {
            throw new NoDeadLetterException("it " + malformed);
        }
        Map<String, String> texts = new HashMap<>();
        Map<String, byte[]> objects = new HashMap<>();
        try (JsonParser parser = FACTORY.createParser(body, from, to - from)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new NoDeadLetterException("expected a JSON object.");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value == JsonToken.VALUE_STRING) {
                    texts.put(name, parser.getText());
                } else if (value == JsonToken.START_OBJECT) {
                    int start = from + (int) parser.currentTokenLocation().getByteOffset();
                    parser.skipChildren();
                    int end = from + (int) parser.currentLocation().getByteOffset();
                    objects.put(name, Arrays.copyOfRange(body, start, end));
                } else {
                    parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw new NoDeadLetterException("more content follows on the line.");
            }
            if (!texts.containsKey(DeadLetterLine.REASON)) {
                throw new NoDeadLetterException("it has no " + DeadLetterLine.REASON + ".");
            }
            byte[] source = objects.get(DeadLetterLine.SOURCE);
            return new ReplayedLetter(
                    texts.get(DeadLetterLine.ID),
                    arrived(texts),
                    texts.get(DeadLetterLine.MAPPING),
                    source == null ? null : JSON.readTree(source),
                    content(objects.get(DeadLetterLine.EVENT), texts));
        } catch (JsonProcessingException e) {
            throw new NoDeadLetterException("it is not valid JSON: " + JsonProblem.of(e) + ".");
        } catch (IOException e) {
            throw new NoDeadLetterException("it could not be read.");
        }
    }

    private static Instant arrived(Map<String, String> texts) throws NoDeadLetterException {
        String field = texts.containsKey(DeadLetterLine.ARRIVED) ? DeadLetterLine.ARRIVED : DeadLetterLine.TIME;
        try {
            Instant arrived = Instant.parse(texts.getOrDefault(field, ""));
            Instant now = Instant.now();
            // An arrival cannot be in the future, whatever the line says.
            return arrived.isAfter(now) ? now : arrived;
        } catch (DateTimeException e) {
            throw new NoDeadLetterException("its " + field + " is not a time.");
        }
    }

    private static byte[] content(byte[] event, Map<String, String> texts) throws NoDeadLetterException {
        if (event != null) {
            return event;
        }
        if (texts.containsKey(DeadLetterLine.TEXT)) {
            return texts.get(DeadLetterLine.TEXT).getBytes(StandardCharsets.UTF_8);
        }
        if (texts.containsKey(DeadLetterLine.OMITTED)) {
            throw NoDeadLetterException.withoutEvent();
        }
        if (!texts.containsKey(DeadLetterLine.BASE64)) {
            throw new NoDeadLetterException("it has neither " + DeadLetterLine.EVENT + " nor " + DeadLetterLine.TEXT
                    + " nor " + DeadLetterLine.BASE64 + ".");
        }
        try {
            return Base64.getDecoder().decode(texts.get(DeadLetterLine.BASE64));
        } catch (IllegalArgumentException e) {
            throw new NoDeadLetterException("its " + DeadLetterLine.BASE64 + " is not valid Base64.");
        }
    }

    /** @return the type of the event if only its request had it; otherwise null */
    String eventType() {
        JsonNode first = firstSource();
        SegmentCall call = first == null
                ? null
                : SegmentCall.at(first.path(RequestSource.PATH).textValue());
        return call == null ? null : call.eventType();
    }

    /** @return where the event came from before its first replay, or null */
    JsonNode firstSource() {
        boolean replayed = source != null && source.has(ReplayReader.REPLAY);
        return replayed ? source.get(DeadLetterLine.SOURCE) : source;
    }
}
