package io.github.ldaudiences.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.event.Attempts;
import io.github.ldaudiences.event.Concealed;
import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.event.Refusal;
import io.github.ldaudiences.event.RejectedEvent;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Pattern;

/** Writes a dead letter as one line of JSON. */
final class DeadLetterLine {

    /** Unique for each dead letter; the same letter may be written twice, with the same id. */
    static final String ID = "id";

    /** When the letter was made. */
    static final String TIME = "time";

    /** The kind of problem, for programs. */
    static final String CODE = "code";

    /** A sentence for the person who has to act. */
    static final String REASON = "reason";

    /** The mapping that rejected the event, or null. */
    static final String MAPPING = "mapping";

    /** The destination of that mapping, or null. */
    static final String DESTINATION = "destination";

    /** Where the event came from, as its source describes it. */
    static final String SOURCE = "source";

    /** Position of the event in its request or batch. */
    static final String INDEX = "index";

    /** When the event first arrived. */
    static final String ARRIVED = "arrived";

    /** How many requests to LaunchDarkly the event was part of. */
    static final String ATTEMPTS = "attempts";

    /** When the first of these requests was sent, or null. */
    static final String FIRST_ATTEMPT = "firstAttempt";

    /** When the last of these requests was sent, or null. */
    static final String LAST_ATTEMPT = "lastAttempt";

    /** LaunchDarkly's answer: {@code status}, {@code message} and {@code id}; or null. */
    static final String ANSWER = "answer";

    /** Segment's id of the event, or null. */
    static final String MESSAGE_ID = "messageId";

    /** The event, a JSON object. */
    static final String EVENT = "event";

    /** Instead of the event: its text, if it is not a JSON object. */
    static final String TEXT = "text";

    /** Instead of the event: its bytes, if they are not even text. */
    static final String BASE64 = "base64";

    /** Instead of the event: why it was left out. */
    static final String OMITTED = "omitted";

    /** Parsers quote text that they cannot read. */
    private static final Pattern QUOTED = Pattern.compile("'[^']{2,}'");

    private static final ObjectMapper JSON = new ObjectMapper();

    private DeadLetterLine() {}

    /**
     * Writes a line with a field for each constant of this class. Of the original it has {@code event}, if that is a
     * JSON object, {@code text}, and {@code base64} if it is not even text.
     *
     * @param letter the dead letter
     * @param personalData what the line conceals of the event
     * @return the line, without its end
     * @throws JsonProcessingException never, because all values can be written
     */
    static String of(DeadLetter letter, PersonalData personalData) throws JsonProcessingException {
        RejectedEvent rejected = letter.rejected();
        EventOrigin origin = rejected.origin();
        ObjectNode event = rejected.parse();
        ConcealedTexts concealed = personalData.conceal(event);
        ObjectNode line = JSON.createObjectNode();
        line.put(ID, letter.id());
        line.put(TIME, letter.time().toString());
        line.put(CODE, rejected.problem().code().toString());
        line.put(REASON, reason(rejected.problem().reason(), event, concealed, personalData));
        line.put(MAPPING, rejected.mapping());
        line.put(DESTINATION, rejected.destination());
        line.set(SOURCE, JSON.valueToTree(origin.coordinates()));
        line.put(INDEX, origin.index());
        line.put(ARRIVED, Instant.ofEpochMilli(origin.arrival()).toString());
        Refusal refusal = rejected.refusal();
        Attempts attempts = refusal == null ? Attempts.NONE : refusal.attempts();
        line.put(ATTEMPTS, attempts.count());
        line.put(FIRST_ATTEMPT, text(attempts.first()));
        line.put(LAST_ATTEMPT, text(attempts.last()));
        line.set(ANSWER, refusal == null ? null : answer(refusal, concealed));
        line.put(MESSAGE_ID, RejectedEvent.messageIdIn(event));
        if (event != null) {
            line.set(EVENT, event);
        } else if (personalData.isShown()) {
            putText(line, origin.original());
        } else {
            line.put(OMITTED, omitted(origin.original().length));
        }
        return JSON.writeValueAsString(line);
    }

    private static String reason(String reason, ObjectNode event, ConcealedTexts concealed, PersonalData personalData) {
        return event == null && !personalData.isShown()
                ? QUOTED.matcher(reason).replaceAll("'" + Concealed.REDACTED + "'")
                : concealed.outOf(reason);
    }

    private static String omitted(int bytes) {
        return "The event could not be read, so its personal data cannot be found: all of its " + bytes
                + " bytes are left out, because of audiences.dead-letter.redact or"
                + " audiences.dead-letter.context-keys.";
    }

    private static String text(Instant time) {
        return time == null ? null : time.toString();
    }

    private static ObjectNode answer(Refusal refusal, ConcealedTexts concealed) {
        ObjectNode answer = JSON.createObjectNode();
        answer.put("status", refusal.status());
        answer.put("message", concealed.outOf(refusal.message()));
        answer.put("id", refusal.id());
        return answer;
    }

    private static void putText(ObjectNode line, byte[] original) {
        try {
            line.put(
                    TEXT,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(original))
                            .toString());
        } catch (CharacterCodingException e) {
            line.put(BASE64, Base64.getEncoder().encodeToString(original));
        }
    }
}
