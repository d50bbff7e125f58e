package io.github.ldaudiences.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.event.RejectedEvent;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/** Writes a rejected event as one line of JSON. */
final class DeadLetterLine {

    private static final ObjectMapper JSON = new ObjectMapper();

    private DeadLetterLine() {}

    /**
     * The line holds {@code time}, {@code reason}, {@code mapping}, {@code destination}, {@code source}, {@code index}
     * and {@code messageId}, and the original as {@code event} if it is a JSON object, else as {@code text}, or as {@code base64}
     * if it is not even text.
     *
     * @param rejected the event and the reason
     * @param time when it was rejected
     * @return the line, without its end
     * @throws JsonProcessingException never: everything in it can be written
     */
    static String of(RejectedEvent rejected, Instant time) throws JsonProcessingException {
        EventOrigin origin = rejected.origin();
        ObjectNode line = JSON.createObjectNode();
        line.put("time", time.toString());
        line.put("reason", rejected.reason());
        line.put("mapping", rejected.mapping());
        line.put("destination", rejected.destination());
        line.set("source", JSON.valueToTree(origin.coordinates()));
        line.put("index", origin.index());
        ObjectNode event = rejected.parse();
        line.put("messageId", RejectedEvent.messageIdIn(event));
        if (event != null) {
            line.set("event", event);
        } else {
            putText(line, origin.original());
        }
        return JSON.writeValueAsString(line);
    }

    private static void putText(ObjectNode line, byte[] original) {
        try {
            line.put(
                    "text",
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(original))
                            .toString());
        } catch (CharacterCodingException e) {
            line.put("base64", Base64.getEncoder().encodeToString(original));
        }
    }
}
