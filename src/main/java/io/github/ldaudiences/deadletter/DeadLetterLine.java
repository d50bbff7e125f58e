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

    /** Unlike that of any other dead letter; a line may be there twice with the same. */
    static final String ID = "id";

    /** When the letter was made. */
    static final String TIME = "time";

    /** What kind of problem it is, for programs. */
    static final String CODE = "code";

    /** A sentence for the person who must act. */
    static final String REASON = "reason";

    /** The mapping that rejected the event, or null. */
    static final String MAPPING = "mapping";

    /** The destination of that mapping, or null. */
    static final String DESTINATION = "destination";

    /** Where the event came from, in the words of its source. */
    static final String SOURCE = "source";

    /** Position of the event in what came in together. */
    static final String INDEX = "index";

    /** When the event came in for the first time. */
    static final String ARRIVED = "arrived";

    /** How many requests to LaunchDarkly the event took part in. */
    static final String ATTEMPTS = "attempts";

    /** When the first of them was sent, or null. */
    static final String FIRST_ATTEMPT = "firstAttempt";

    /** When the last of them was sent, or null. */
    static final String LAST_ATTEMPT = "lastAttempt";

    /** LaunchDarkly's answer: {@code status}, {@code message} and {@code id}; or null. */
    static final String ANSWER = "answer";

    /** Segment's id of the event, or null. */
    static final String MESSAGE_ID = "messageId";

    /** The event, a JSON object. */
    static final String EVENT = "event";

    /** Instead of the event: what it was, as text. */
    static final String TEXT = "text";

    /** Instead of the event: what it was, if it is not even text. */
    static final String BASE64 = "base64";

    /** Instead of the event: why not even the text of it is there. */
    static final String OMITTED = "omitted";

    /** Parsers quote what they cannot read. */
    private static final Pattern QUOTED = Pattern.compile("'[^']{2,}'");

    private static final ObjectMapper JSON = new ObjectMapper();

    private DeadLetterLine() {}

    /**
     * The line holds what the class has a constant for; of the original one of {@code event}, if it is a JSON object,
     * {@code text}, and {@code base64} if it is not even text.
     *
     * @param letter the dead letter
     * @param personalData what the line does not show of the event
     * @return the line, without its end
     * @throws JsonProcessingException never: everything in it can be written
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
        return "The event could not be read, so nobody can tell what of its " + bytes
                + " bytes is personal data: all of it is left out, as audiences.dead-letter.redact or"
                + " audiences.dead-letter.context-keys asks for.";
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
