package io.github.ldaudiences.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.io.IOException;

/** Reads messages that one body holds. Each is a JSON document, which may be in a frame or in a JSON string. */
public final class MessageReading {

    /** Passed as the end of a message that has no value. */
    public static final int NO_VALUE = -1;

    private final FoundEvents found;
    private final Projection projection;
    private final DocumentReading document;
    private final byte[] bytes;

    /**
     * @param found is given the events
     * @param projection the fields of each event that are read
     */
    MessageReading(FoundEvents found, Projection projection) {
        this.found = found;
        this.projection = projection;
        this.document = new DocumentReading(found, projection);
        this.bytes = found.body().bytes();
    }

    /**
     * Reads one of several messages. One that cannot be read is one unreadable event.
     *
     * @param from first byte of the message in the body
     * @param to first byte after it, or {@link #NO_VALUE}
     */
    public void message(int from, int to) {
        int eventsBefore = found.events().size();
        int unreadableBefore = found.unreadable().size();
        found.beginMessage();
        Problem problem = to == NO_VALUE
                ? new Problem(ProblemCode.BODY_EMPTY, "The message has no value.")
                : problemOfMessage(from, to);
        if (problem == null
                && found.events().size() == eventsBefore
                && found.unreadable().size() > unreadableBefore) {
            problem = found.nothingRead(unreadableBefore);
        }
        if (problem != null) {
            found.forgetSince(eventsBefore, unreadableBefore);
            unreadable(from, to, problem);
        }
    }

    /**
     * Skips one of several messages, and records it as one unreadable event.
     *
     * @param from first byte of the message in the body
     * @param to first byte after it, or {@link #NO_VALUE}
     * @param problem what is wrong with it
     */
    public void unreadable(int from, int to, Problem problem) {
        found.reject(0, from, Math.max(from, to), problem);
    }

    private Problem problemOfMessage(int from, int to) {
        try {
            content(from, to);
            return null;
        } catch (JsonProcessingException e) {
            return document.notJson("body", from, to, e);
        } catch (IOException e) {
            return DocumentReading.couldNotBeRead(e);
        } catch (UnreadableBodyException e) {
            return e.problem();
        } catch (TooManyEventsException e) {
            return new Problem(ProblemCode.TOO_MANY_EVENTS, e.getMessage());
        }
    }

    /**
     * Reads the content of a dead letter: a message, or a part of one that was treated as an event.
     *
     * @return the events, and what could not be read as one
     * @throws UnreadableBodyException if it is not JSON, holds nothing that could be an event, or more events than
     *     allowed
     */
    ReadEvents replayed() throws UnreadableBodyException {
        Problem problem = problemOfMessage(0, bytes.length);
        if (problem != null) {
            throw new UnreadableBodyException(problem);
        }
        return found.result();
    }

    /**
     * Reads the content of a message: a plain JSON document, one in the frame of a schema registry, or a JSON string
     * that holds one.
     */
    private void content(int from, int to) throws IOException, UnreadableBodyException, TooManyEventsException {
        int start = RegistryFrame.jsonIn(bytes, BodyReading.afterByteOrderMark(bytes, from, to), to);
        if (start == RegistryFrame.NO_JSON) {
            throw new UnreadableBodyException(
                    ProblemCode.SCHEMA_NOT_SUPPORTED,
                    "The message looks like Avro or Protobuf: it begins with a zero byte, like a value with a"
                            + " schema ID, and no JSON follows the ID. Let its producer, or a converter on the"
                            + " way, write JSON; for Kafka, you can set audiences.inbound.kafka.value-deserializer"
                            + " instead.");
        }
        int first = RegistryFrame.afterSpace(bytes, start, to);
        if (first < to && bytes[first] == '"' && document.begin(first, to)) {
            byte[] text = EventJson.text(bytes, first, to);
            if (text.length > 0 && text[0] == '{') {
                eventInText(first, to, text);
                return;
            }
        }
        document.read(start, to);
    }

    /** Reads an event that has been encoded as JSON twice. It is kept as it arrived, and read again from there. */
    private void eventInText(int from, int to, byte[] text)
            throws IOException, UnreadableBodyException, TooManyEventsException {
        FoundEvents inner = found.apartIn(found.body().holding(text));
        DocumentReading innerDocument = new DocumentReading(inner, projection);
        try {
            innerDocument.read(0, text.length);
        } catch (JsonProcessingException e) {
            throw new UnreadableBodyException(innerDocument.notJson("text in the body", 0, text.length, e));
        }
        if (!inner.unreadable().isEmpty()) {
            throw new UnreadableBodyException(inner.unreadable().get(0).problem());
        }
        if (inner.events().size() != 1 || inner.events().get(0).origin().length() != text.length) {
            throw new UnreadableBodyException(
                    ProblemCode.NOT_AN_OBJECT, "The text in the body must hold one event, not a batch object.");
        }
        found.add(inner.events().get(0).json(), from, to, document.said());
    }

    /** @return what was read, and what could not be read; the receipt now waits for both */
    public ReadEvents announced() {
        return found.announced();
    }
}
