package io.github.ldaudiences.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.problem.JsonProblem;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** One pass over one body, which finds its events and extracts the fields that are read. */
public final class BodyReading {

    /** Passed as the end of a message that has no value. */
    public static final int NO_VALUE = -1;

    /** Limit for what a batch object shares with all of its events: it is repeated in the dead letter of each. */
    private static final int MAX_SHARED_BYTES = 8192;

    private static final String UNREADABLE_DATA = "The data_base64 of the CloudEvent cannot be read: ";

    private final EventBody body;
    private final byte[] bytes;
    private final Receipt receipt;
    private final EventLimits limits;
    private final Projection reads; // fields of each event; null for nothing
    private final SharedFields said; // fields of events outside of batch objects; null for nothing
    private int firstIndex;
    private final List<SegmentEvent> events = new ArrayList<>();
    private final List<RejectedEvent> unreadable = new ArrayList<>();
    private int countedFrom; // position from which events count against the limit
    private boolean enveloped; // whether each event is the data of a CloudEvent
    private int documentFrom; // position of the document's first event
    private int openArrays; // arrays of events that are open at the parser's position
    private boolean wellFormed; // whether all text of the document is well-formed
    private byte[] readable; // for a document that is not all UTF-8: a version that can be parsed
    private int readableFrom;

    /**
     * @param body the body
     * @param receipt the receipt that its source waits for
     * @param limits limits for a body and an event
     * @param projection the fields of each event that are read; whole events are parsed later, when they are needed
     * @param firstIndex position of its first event among those that came in together
     */
    BodyReading(EventBody body, Receipt receipt, EventLimits limits, Projection projection, int firstIndex) {
        this.body = body;
        this.bytes = body.bytes();
        this.receipt = receipt;
        this.limits = limits;
        this.reads = projection.isAll() ? null : projection;
        this.said = body.eventType() == null ? null : new SharedFields(body);
        this.firstIndex = firstIndex;
    }

    /**
     * Reads one JSON document.
     *
     * @param from first byte of it in the body
     * @param to first byte after it
     * @return the events, and what could not be read as one
     * @throws UnreadableBodyException if it is not JSON, or holds nothing that could be an event
     * @throws TooManyEventsException if it holds more events than allowed
     */
    ReadEvents json(int from, int to) throws UnreadableBodyException, TooManyEventsException {
        try {
            document(afterByteOrderMark(bytes, from, to), to);
        } catch (JsonProcessingException e) {
            throw new UnreadableBodyException(notJson("body", from, to, e));
        } catch (IOException e) {
            throw new UnreadableBodyException(couldNotBeRead(e));
        }
        return result();
    }

    /**
     * Reads the whole body as one JSON document, in which each event is the data of a CloudEvent.
     *
     * @return the events, and what could not be read as one
     * @throws UnreadableBodyException if it is not JSON, or holds nothing that could be an event
     * @throws TooManyEventsException if it holds more events than allowed
     */
    ReadEvents cloudEvents() throws UnreadableBodyException, TooManyEventsException {
        enveloped = true;
        return json(0, bytes.length);
    }

    /**
     * Reads all lines of the body, each one JSON document.
     *
     * @return the events, and the lines that could not be read
     * @throws UnreadableBodyException if no line could be read
     * @throws TooManyEventsException if there are more events than allowed
     */
    ReadEvents lines() throws UnreadableBodyException, TooManyEventsException {
        int from = afterByteOrderMark(bytes, 0, bytes.length);
        while (from < bytes.length) {
            int to = endOfLine(bytes, from);
            if (!isBlank(bytes, from, to)) {
                line(from, to);
            }
            from = to + 1;
        }
        return result();
    }

    /**
     * Reads all lines of the body. Each line that cannot be read, or that holds more events than allowed, is one unreadable
     * event.
     *
     * @return the events, and the lines that could not be read
     */
    ReadEvents eachLine() {
        int from = afterByteOrderMark(bytes, 0, bytes.length);
        while (from < bytes.length) {
            int to = endOfLine(bytes, from);
            if (!isBlank(bytes, from, to)) {
                lineByItself(from, to);
            }
            from = to + 1;
        }
        return announced();
    }

    /**
     * Reads one of several messages. One that cannot be read is one unreadable event.
     *
     * @param from first byte of the message in the body
     * @param to first byte after it, or {@link #NO_VALUE}
     */
    public void message(int from, int to) {
        int eventsBefore = events.size();
        int unreadableBefore = unreadable.size();
        countedFrom = eventsBefore + unreadableBefore;
        firstIndex = -countedFrom;
        Problem problem = to == NO_VALUE
                ? new Problem(ProblemCode.BODY_EMPTY, "The message has no value.")
                : problemOfMessage(from, to);
        if (problem == null && events.size() == eventsBefore && unreadable.size() > unreadableBefore) {
            problem = nothingRead(unreadableBefore);
        }
        if (problem != null) {
            forgetSince(eventsBefore, unreadableBefore);
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
        EventOrigin origin = new EventOrigin(receipt, 0, body, from, Math.max(from, to), null);
        unreadable.add(new RejectedEvent(origin, problem, null, null));
    }

    private Problem problemOfMessage(int from, int to) {
        try {
            content(from, to);
            return null;
        } catch (JsonProcessingException e) {
            return notJson("body", from, to, e);
        } catch (IOException e) {
            return couldNotBeRead(e);
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
        return result();
    }

    /**
     * Reads the content of a message: a plain JSON document, one in the frame of a schema registry, or a JSON string
     * that holds one.
     */
    private void content(int from, int to) throws IOException, UnreadableBodyException, TooManyEventsException {
        int start = RegistryFrame.jsonIn(bytes, afterByteOrderMark(bytes, from, to), to);
        if (start == RegistryFrame.NO_JSON) {
            throw new UnreadableBodyException(
                    ProblemCode.SCHEMA_NOT_SUPPORTED,
                    "The message begins with a byte of 0, as a value with the id of a schema"
                            + " does, and no JSON follows the id: it looks like Avro or Protobuf. Have its producer, or a"
                            + " converter on the way, write JSON; for Kafka,"
                            + " audiences.inbound.kafka.value-deserializer can be set instead.");
        }
        int first = RegistryFrame.afterSpace(bytes, start, to);
        if (first < to && bytes[first] == '"' && UnicodeCheck.firstFault(bytes, first, to) < 0) {
            wellFormed = true;
            readable = null;
            byte[] text = EventJson.text(bytes, first, to);
            if (text.length > 0 && text[0] == '{') {
                eventInText(first, to, text);
                return;
            }
        }
        document(start, to);
    }

    /** Reads an event that has been encoded as JSON twice. It is kept as it arrived, and read again from there. */
    private void eventInText(int from, int to, byte[] text)
            throws IOException, UnreadableBodyException, TooManyEventsException {
        BodyReading inner =
                new BodyReading(body.holding(text), receipt, limits, reads == null ? Projection.ALL : reads, 0);
        try {
            inner.document(0, text.length);
        } catch (JsonProcessingException e) {
            throw new UnreadableBodyException(inner.notJson("text in the body", 0, text.length, e));
        }
        if (!inner.unreadable.isEmpty()) {
            throw new UnreadableBodyException(inner.unreadable.get(0).problem());
        }
        if (inner.events.size() != 1 || inner.events.get(0).origin().length() != text.length) {
            throw new UnreadableBodyException(
                    ProblemCode.NOT_AN_OBJECT, "The text in the body must hold one event, and no batch object.");
        }
        EventOrigin origin = new EventOrigin(receipt, nextPosition(), body, from, to, said);
        events.add(new SegmentEvent(inner.events.get(0).json(), origin));
    }

    private Problem nothingRead(int unreadableBefore) {
        return unreadable.get(unreadableBefore).problem().in("Nothing in the body could be read as an event: ");
    }

    private static Problem couldNotBeRead(IOException e) {
        return new Problem(ProblemCode.NOT_JSON, "The body could not be read: " + e.getMessage());
    }

    private ReadEvents result() throws UnreadableBodyException {
        if (events.isEmpty() && !unreadable.isEmpty()) {
            throw new UnreadableBodyException(nothingRead(0));
        }
        return announced();
    }

    /** @return what was read, and what could not be read; the receipt now waits for both */
    public ReadEvents announced() {
        unreadable.forEach(RejectedEvent::announce);
        return new ReadEvents(events, unreadable);
    }

    private void lineByItself(int from, int to) {
        int eventsBefore = events.size();
        int unreadableBefore = unreadable.size();
        countedFrom = eventsBefore + unreadableBefore;
        try {
            line(from, to);
        } catch (TooManyEventsException e) {
            forgetSince(eventsBefore, unreadableBefore);
            unreadable.add(new RejectedEvent(
                    new EventOrigin(receipt, countedFrom, body, from, to, null),
                    new Problem(
                            ProblemCode.TOO_MANY_EVENTS, "The line holds more than " + limits.maxEvents() + " events."),
                    null,
                    null));
        }
    }

    private void line(int from, int to) throws TooManyEventsException {
        int eventsBefore = events.size();
        int unreadableBefore = unreadable.size();
        Problem problem;
        try {
            document(from, to);
            return;
        } catch (JsonProcessingException e) {
            problem = notJson("line", from, to, e);
        } catch (IOException e) {
            problem = couldNotBeRead(e);
        } catch (UnreadableBodyException e) {
            problem = e.problem();
        }
        forgetSince(eventsBefore, unreadableBefore);
        reject(from, to, problem);
    }

    private void document(int from, int to) throws IOException, UnreadableBodyException, TooManyEventsException {
        wellFormed = UnicodeCheck.firstFault(bytes, from, to) < 0;
        readable = wellFormed ? null : UnicodeCheck.readable(bytes, from, to);
        readableFrom = from;
        documentFrom = position();
        openArrays = 0;
        // The parser reports offsets relative to where it started.
        try (JsonParser parser = parser(from, to)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new UnreadableBodyException(ProblemCode.BODY_EMPTY, "The body is empty.");
            } else if (first == JsonToken.START_ARRAY) {
                elements(parser, from, said);
            } else if (first == JsonToken.START_OBJECT && enveloped) {
                cloudEvent(parser, from);
            } else if (first == JsonToken.START_OBJECT) {
                object(parser, from);
            } else {
                throw new UnreadableBodyException(
                        ProblemCode.NOT_AN_OBJECT, "Expected a JSON object or array, found " + name(first) + ".");
            }
            if (parser.nextToken() != null) {
                throw new UnreadableBodyException(
                        ProblemCode.NOT_JSON,
                        "More content follows the JSON document; newline-delimited events need the content type"
                                + " application/x-ndjson.");
            }
        }
    }

    private JsonParser parser(int from, int to) throws IOException {
        return readable == null
                ? EventJson.parser(bytes, from, to)
                : EventJson.parser(readable, from - readableFrom, to - readableFrom);
    }

    private Problem notJson(String what, int from, int to, JsonProcessingException e) {
        if (readable != null) {
            return malformed(what, from, to);
        }
        String problem = "The " + what + " is not valid JSON: " + JsonProblem.of(e);
        return new Problem(
                ProblemCode.NOT_JSON,
                openArrays == 0
                        ? problem
                        : problem + ". The event with index " + (position() - documentFrom)
                                + " is the first that cannot be read.");
    }

    private Problem malformed(String what, int from, int to) {
        String problem = wellFormed ? null : UnicodeCheck.problem(bytes, from, to);
        return problem == null ? null : new Problem(ProblemCode.NOT_UNICODE, "The " + what + " " + problem);
    }

    /** Reads a single event or a batch object. Which one it is becomes known only at its end. */
    private void object(JsonParser parser, int base) throws IOException, TooManyEventsException {
        int from = startOf(parser, base);
        int eventsBefore = events.size();
        int unreadableBefore = unreadable.size();
        JsonValues values = new JsonValues(parser, limits.maxEventDepth());
        ObjectNode read = EventJson.object();
        SharedFields shared = new SharedFields(body);
        boolean batch = false;
        boolean typed = false;
        Problem sharedProblem = null;
        Problem malformed = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_ARRAY && name.equals("batch")) {
                elements(parser, base, shared);
                batch = true;
                continue;
            }
            int start = startOf(parser, base);
            JsonNode value = values.read(reads == null ? null : reads.of(name), 2);
            if (value != null) {
                read.set(name, value);
            }
            typed |= name.equals("type") && token == JsonToken.VALUE_STRING;
            if (token == JsonToken.START_OBJECT && (name.equals("context") || name.equals("integrations"))) {
                int end = endOf(parser, base);
                malformed = firstOf(malformed, malformed(name + " of the batch", start, end));
                if (values.problem() != null) {
                    sharedProblem = values.problem();
                } else if (end - start > MAX_SHARED_BYTES) {
                    sharedProblem = new Problem(
                            ProblemCode.SHARED_FIELDS_TOO_LARGE,
                            "The " + name + " of the batch has " + (end - start) + " bytes; " + MAX_SHARED_BYTES
                                    + " are allowed.");
                } else {
                    shared.add(name, start, end, value);
                }
            }
        }
        int to = endOf(parser, base);
        if (!batch) {
            add(from, to, values.problem(), read, said);
        } else if (typed) {
            // This is a single event that happens to have a field named batch.
            forgetSince(eventsBefore, unreadableBefore);
            again(from, to);
        } else if (malformed != null) {
            // Reject the object as a whole, so that the dead letter has the shared fields, too.
            forgetSince(eventsBefore, unreadableBefore);
            reject(from, to, malformed);
        } else if (sharedProblem != null) {
            rejectSince(eventsBefore, sharedProblem);
        } else if (reads != null) {
            // Only now, because the shared fields may follow the events.
            events.subList(eventsBefore, events.size()).forEach(event -> shared.addReadTo(event.json()));
        }
    }

    private void again(int from, int to) throws IOException, TooManyEventsException {
        try (JsonParser parser = parser(from, to)) {
            parser.nextToken();
            JsonValues values = new JsonValues(parser, limits.maxEventDepth());
            JsonNode read = values.read(reads, 1);
            add(from, to, values.problem(), read, said);
        }
    }

    /** Reads an event in its envelope. The data may be anything that a body may be. */
    private void cloudEvent(JsonParser parser, int base) throws IOException, TooManyEventsException {
        int from = startOf(parser, base);
        int eventsBefore = events.size();
        int unreadableBefore = unreadable.size();
        JsonValues values = new JsonValues(parser, limits.maxEventDepth());
        Problem problem = null;
        int found = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if (name.equals("data") && token.isStructStart()) {
                found++;
                enveloped = false;
                if (token == JsonToken.START_OBJECT) {
                    object(parser, base);
                } else {
                    elements(parser, base, said);
                }
                enveloped = true;
            } else if (name.equals("data_base64") && token == JsonToken.VALUE_STRING) {
                found++;
                problem = firstOf(problem, encoded(parser.getText()));
            } else {
                values.read(null, 2);
            }
        }
        problem = firstOf(problem, values.problem());
        if (found != 1) {
            problem = new Problem(
                    ProblemCode.ENVELOPE_INVALID,
                    "A CloudEvent must have its event under data, as a JSON object, or under data_base64.");
        }
        if (problem != null) {
            forgetSince(eventsBefore, unreadableBefore);
            reject(from, endOf(parser, base), problem);
        }
    }

    /** Reads the document that is encoded in an envelope. Returns what is wrong with it, or null. */
    private Problem encoded(String base64) throws TooManyEventsException {
        BodyReading inner;
        try {
            EventBody decoded = body.holding(Base64.getDecoder().decode(base64));
            inner = new BodyReading(
                    decoded, receipt, limits, reads == null ? Projection.ALL : reads, firstIndex + position());
        } catch (IllegalArgumentException e) {
            return new Problem(ProblemCode.ENVELOPE_INVALID, "The data_base64 of the CloudEvent is not Base64.");
        }
        inner.countedFrom = countedFrom - position(); // the limit applies to all documents together
        int to = inner.bytes.length;
        try {
            inner.document(afterByteOrderMark(inner.bytes, 0, to), to);
        } catch (JsonProcessingException e) {
            return inner.notJson("data_base64 of the CloudEvent", 0, to, e);
        } catch (IOException e) {
            return couldNotBeRead(e).in(UNREADABLE_DATA);
        } catch (UnreadableBodyException e) {
            return e.problem().in(UNREADABLE_DATA);
        }
        events.addAll(inner.events);
        unreadable.addAll(inner.unreadable);
        return null;
    }

    private void elements(JsonParser parser, int base, SharedFields shared) throws IOException, TooManyEventsException {
        openArrays++;
        JsonToken token;
        while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
            if (enveloped && token == JsonToken.START_OBJECT) {
                cloudEvent(parser, base);
                continue;
            }
            int from = startOf(parser, base);
            JsonValues values = new JsonValues(parser, limits.maxEventDepth());
            JsonNode read = values.read(token == JsonToken.START_OBJECT ? reads : null, 1);
            parser.finishToken();
            int to = endOf(parser, base);
            Problem problem = values.problem();
            if (token != JsonToken.START_OBJECT) {
                problem = firstOf(
                        problem,
                        new Problem(
                                ProblemCode.NOT_AN_OBJECT,
                                "An event must be a JSON object, found " + name(token) + "."));
            }
            add(from, to, problem, read, shared);
        }
        openArrays--;
    }

    private void add(int from, int to, Problem broken, JsonNode read, SharedFields shared)
            throws TooManyEventsException {
        Problem problem = firstOf(broken, malformed("event", from, to));
        if (problem != null) {
            reject(from, to, problem);
        } else if (to - from > limits.maxEventBytes()) {
            reject(
                    from,
                    to,
                    new Problem(
                            ProblemCode.EVENT_TOO_LARGE,
                            "The event has " + (to - from) + " bytes; " + limits.maxEventBytes() + " are allowed."));
        } else {
            EventOrigin origin = new EventOrigin(receipt, nextPosition(), body, from, to, shared);
            ObjectNode event = reads == null ? null : (ObjectNode) read;
            if (event != null && said != null && shared == said) {
                said.addReadTo(event);
            }
            events.add(new SegmentEvent(event, origin));
        }
    }

    private void reject(int from, int to, Problem problem) throws TooManyEventsException {
        EventOrigin origin = new EventOrigin(receipt, nextPosition(), body, from, to, null);
        unreadable.add(new RejectedEvent(origin, problem, null, null));
    }

    private int nextPosition() throws TooManyEventsException {
        int position = position();
        if (position - countedFrom >= limits.maxEvents()) {
            throw new TooManyEventsException(limits.maxEvents());
        }
        return firstIndex + position;
    }

    private int position() {
        return events.size() + unreadable.size();
    }

    /** Rejects events whose shared fields cannot be used: the events cannot be understood alone. */
    private void rejectSince(int eventsBefore, Problem problem) {
        List<SegmentEvent> lost = events.subList(eventsBefore, events.size());
        lost.forEach(event -> unreadable.add(new RejectedEvent(event.origin(), problem, null, null)));
        lost.clear();
    }

    private void forgetSince(int eventsBefore, int unreadableBefore) {
        events.subList(eventsBefore, events.size()).clear();
        unreadable.subList(unreadableBefore, unreadable.size()).clear();
    }

    private static int startOf(JsonParser parser, int base) {
        return base + (int) parser.currentTokenLocation().getByteOffset();
    }

    private static int endOf(JsonParser parser, int base) {
        return base + (int) parser.currentLocation().getByteOffset();
    }

    private static Problem firstOf(Problem first, Problem second) {
        return first != null ? first : second;
    }

    private static String name(JsonToken token) {
        return switch (token) {
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            default -> token.asString();
        };
    }

    private static int endOfLine(byte[] body, int from) {
        int to = from;
        while (to < body.length && body[to] != '\n') {
            to++;
        }
        return to;
    }

    private static int afterByteOrderMark(byte[] body, int from, int to) {
        boolean marked = to - from >= 3
                && body[from] == (byte) 0xEF
                && body[from + 1] == (byte) 0xBB
                && body[from + 2] == (byte) 0xBF;
        return marked ? from + 3 : from;
    }

    private static boolean isBlank(byte[] body, int from, int to) {
        for (int i = from; i < to; i++) {
            if (body[i] != ' ' && body[i] != '\t' && body[i] != '\r') {
                return false;
            }
        }
        return true;
    }
}
