package io.github.ldaudiences.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.json.JsonProblem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the events in a body, without parsing them yet. Takes one event, an array of events, or Segment's batch object,
 * whose outer {@code context} and {@code integrations} apply to each of its events; in newline-delimited bodies, one of
 * these on each line.
 *
 * <p>What is wrong with one event costs that event alone. Only a document that is no JSON at all is refused as a whole,
 * for nobody can tell where its next event would begin.
 */
public final class EventReader {

    /** Digits in one number. Turning text into a number costs more than linear time. */
    private static final int MAX_DIGITS = 400;

    /** What a batch object may say for all of its events: it is repeated in the dead letter of each. */
    private static final int MAX_SHARED_BYTES = 8192;

    private final int maxEvents;
    private final int maxEventBytes;
    private final int maxEventDepth;

    /**
     * @param maxEvents most events in one body, at least 1
     * @param maxEventBytes most bytes in one event, at least 1
     * @param maxEventDepth most levels of nesting in one event, at least 1
     */
    public EventReader(int maxEvents, int maxEventBytes, int maxEventDepth) {
        this.maxEvents = maxEvents;
        this.maxEventBytes = maxEventBytes;
        this.maxEventDepth = maxEventDepth;
    }

    /**
     * Reads one JSON document.
     *
     * @param body UTF-8 bytes
     * @param receipt what the source of the body waits for
     * @param source where the body came from
     * @return the events, and what could not be read as one
     * @throws UnreadableBodyException if the body is no JSON, or holds nothing that could be an event
     * @throws TooManyEventsException if it holds more events than allowed
     */
    public ReadEvents readJson(byte[] body, Receipt receipt, EventSource source)
            throws UnreadableBodyException, TooManyEventsException {
        return readJson(new Reading(new EventBody(body, source), receipt), 0, body.length);
    }

    private static ReadEvents readJson(Reading reading, int from, int to)
            throws UnreadableBodyException, TooManyEventsException {
        try {
            reading.document(afterByteOrderMark(reading.bytes, from, to), to);
        } catch (JsonProcessingException e) {
            throw new UnreadableBodyException(reading.notJson("body", from, to, e));
        } catch (IOException e) {
            throw new UnreadableBodyException("The body could not be read: " + e.getMessage());
        }
        return reading.result();
    }

    /**
     * Reads newline-delimited JSON. Empty lines are passed over; a line that is no JSON is one unreadable event.
     *
     * @param body UTF-8 bytes
     * @param receipt what the source of the body waits for
     * @param source where the body came from
     * @return the events, and the lines that could not be read
     * @throws UnreadableBodyException if no line could be read
     * @throws TooManyEventsException if there are more events than allowed
     */
    public ReadEvents readLines(byte[] body, Receipt receipt, EventSource source)
            throws UnreadableBodyException, TooManyEventsException {
        Reading reading = new Reading(new EventBody(body, source), receipt);
        int from = afterByteOrderMark(body, 0, body.length);
        while (from < body.length) {
            int to = endOfLine(body, from);
            if (!isBlank(body, from, to)) {
                reading.line(from, to);
            }
            from = to + 1;
        }
        return reading.result();
    }

    /**
     * Reads newline-delimited JSON whose sender gets no answer: each line that cannot be read, or that holds more events
     * than allowed, is one unreadable event.
     *
     * @param body UTF-8 bytes
     * @param receipt what the source of the body waits for
     * @return the events, and the lines that could not be read
     */
    public ReadEvents readEachLine(EventBody body, Receipt receipt) {
        Reading reading = new Reading(body, receipt);
        byte[] bytes = body.bytes();
        int from = afterByteOrderMark(bytes, 0, bytes.length);
        while (from < bytes.length) {
            int to = endOfLine(bytes, from);
            if (!isBlank(bytes, from, to)) {
                reading.lineByItself(from, to);
            }
            from = to + 1;
        }
        return reading.announced();
    }

    /**
     * Reads a message whose sender gets no answer: a body that cannot be read is one unreadable event, for the dead
     * letter.
     *
     * @param body UTF-8 bytes of one JSON document, or null for none
     * @param receipt what the source of the message waits for
     * @param source where the message came from
     * @return the events, and what could not be read as one
     */
    public ReadEvents readMessage(byte[] body, Receipt receipt, EventSource source) {
        return body == null
                ? noMessage(new EventBody(new byte[0], source), 0, receipt)
                : readMessage(new EventBody(body, source), 0, body.length, receipt);
    }

    /**
     * @param body what holds the messages
     * @param at where the message would be
     * @param receipt what the source of the message waits for
     * @return a message without a value, for the dead letter
     */
    public ReadEvents noMessage(EventBody body, int at, Receipt receipt) {
        return unreadable("The message has no value.", body, at, at, receipt);
    }

    /**
     * Reads one of several messages that are held together, as {@link #readMessage(byte[], Receipt, EventSource)} reads
     * one that is held alone.
     *
     * @param body what holds the messages
     * @param from first byte of the message
     * @param to first byte after the message
     * @param receipt what the source of the message waits for
     * @return the events, and what could not be read as one
     */
    public ReadEvents readMessage(EventBody body, int from, int to, Receipt receipt) {
        try {
            return readJson(new Reading(body, receipt), from, to);
        } catch (UnreadableBodyException | TooManyEventsException e) {
            return unreadable(e.getMessage(), body, from, to, receipt);
        }
    }

    /**
     * Reads what was in a dead letter, as {@link #readMessage(byte[], Receipt, EventSource)} reads a message.
     *
     * @param body what was in it, and nothing else
     * @param index position of its first event among those that came in together
     * @param receipt what the source of the dead letter waits for
     * @return the events, and what could not be read as one
     */
    public ReadEvents readReplayed(EventBody body, int index, Receipt receipt) {
        Reading reading = new Reading(body, receipt);
        reading.firstIndex = index;
        try {
            return readJson(reading, 0, body.length());
        } catch (UnreadableBodyException | TooManyEventsException e) {
            return unreadable(e.getMessage(), body, index, receipt);
        }
    }

    /**
     * Makes one unreadable event of all that a body holds, for the dead letter.
     *
     * @param problem a sentence for the person who must act
     * @param body the body
     * @param index its position among those that came in together
     * @param receipt what its source waits for
     * @return no events, and one that could not be read
     */
    public static ReadEvents unreadable(String problem, EventBody body, int index, Receipt receipt) {
        EventOrigin origin = new EventOrigin(receipt, index, body, 0, body.length(), null);
        return new ReadEvents(List.of(), List.of(new RejectedEvent(origin, problem, null, null).announce()));
    }

    /**
     * Makes one unreadable event, for the dead letter, of what holds no events or is not worth reading.
     *
     * @param problem a sentence for the person who must act
     * @param body what holds it
     * @param from first byte of it
     * @param to first byte after it
     * @param receipt what its source waits for
     * @return no events, and one that could not be read
     */
    public static ReadEvents unreadable(String problem, EventBody body, int from, int to, Receipt receipt) {
        EventOrigin origin = new EventOrigin(receipt, 0, body, from, to, null);
        return new ReadEvents(List.of(), List.of(new RejectedEvent(origin, problem, null, null).announce()));
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

    private static String explain(JsonProcessingException e) {
        return JsonProblem.of(e);
    }

    /** Where a body says something for all of its events. */
    private record SharedPart(String name, int from, int to) {}

    /** One pass over one body. */
    private final class Reading {

        private final EventBody body;
        private final byte[] bytes;
        private final Receipt receipt;
        private final List<EventOrigin> events = new ArrayList<>();
        private final List<RejectedEvent> unreadable = new ArrayList<>();
        private int firstIndex;
        private int countedFrom; // position from which events count against the limit
        private boolean wellFormed; // all text of the document
        private byte[] readable; // of a document that is not all UTF-8: what can be parsed in its place
        private int readableFrom;

        Reading(EventBody body, Receipt receipt) {
            this.body = body;
            this.bytes = body.bytes();
            this.receipt = receipt;
        }

        ReadEvents result() throws UnreadableBodyException {
            if (events.isEmpty() && !unreadable.isEmpty()) {
                throw new UnreadableBodyException("Nothing in the body could be read as an event: "
                        + unreadable.get(0).reason());
            }
            return announced();
        }

        ReadEvents announced() {
            unreadable.forEach(RejectedEvent::announce);
            return new ReadEvents(events, unreadable);
        }

        void lineByItself(int from, int to) {
            int eventsBefore = events.size();
            int unreadableBefore = unreadable.size();
            countedFrom = eventsBefore + unreadableBefore;
            try {
                line(from, to);
            } catch (TooManyEventsException e) {
                forgetSince(eventsBefore, unreadableBefore);
                unreadable.add(new RejectedEvent(
                        new EventOrigin(receipt, countedFrom, body, from, to, null),
                        "The line holds more than " + maxEvents + " events.",
                        null,
                        null));
            }
        }

        void line(int from, int to) throws TooManyEventsException {
            int eventsBefore = events.size();
            int unreadableBefore = unreadable.size();
            String problem;
            try {
                document(from, to);
                return;
            } catch (JsonProcessingException e) {
                problem = notJson("line", from, to, e);
            } catch (IOException | UnreadableBodyException e) {
                problem = e.getMessage();
            }
            forgetSince(eventsBefore, unreadableBefore);
            reject(from, to, problem);
        }

        void document(int from, int to) throws IOException, UnreadableBodyException, TooManyEventsException {
            wellFormed = UnicodeCheck.firstFault(bytes, from, to) < 0;
            readable = wellFormed ? null : UnicodeCheck.readable(bytes, from, to);
            readableFrom = from;
            // Offsets that the parser reports count from where it started.
            try (JsonParser parser = parser(from, to)) {
                JsonToken first = parser.nextToken();
                if (first == null) {
                    throw new UnreadableBodyException("The body is empty.");
                } else if (first == JsonToken.START_ARRAY) {
                    elements(parser, from, null);
                } else if (first == JsonToken.START_OBJECT) {
                    object(parser, from);
                } else {
                    throw new UnreadableBodyException("Expected a JSON object or array, found " + name(first) + ".");
                }
                if (parser.nextToken() != null) {
                    throw new UnreadableBodyException(
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

        private String notJson(String what, int from, int to, JsonProcessingException e) {
            return readable == null ? "The " + what + " is not valid JSON: " + explain(e) : malformed(what, from, to);
        }

        private String malformed(String what, int from, int to) {
            String problem = wellFormed ? null : UnicodeCheck.problem(bytes, from, to);
            return problem == null ? null : "The " + what + " " + problem;
        }

        /** A single event, or a batch object: which one is known only at its end. */
        private void object(JsonParser parser, int base) throws IOException, TooManyEventsException {
            int from = startOf(parser, base);
            int eventsBefore = events.size();
            int unreadableBefore = unreadable.size();
            ObjectNode shared = EventJson.object();
            List<SharedPart> parts = new ArrayList<>(2);
            boolean batch = false;
            boolean typed = false;
            String problem = null;
            String sharedProblem = null;
            String malformed = null;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value == JsonToken.START_ARRAY && name.equals("batch")) {
                    elements(parser, base, shared);
                    batch = true;
                } else if (value == JsonToken.START_OBJECT && (name.equals("context") || name.equals("integrations"))) {
                    int start = startOf(parser, base);
                    problem = firstOf(problem, problemIn(parser, 2));
                    int end = endOf(parser, base);
                    malformed = firstOf(malformed, malformed(name + " of the batch", start, end));
                    if (problem == null && end - start <= MAX_SHARED_BYTES) {
                        parts.add(new SharedPart(name, start, end));
                    } else {
                        sharedProblem = problem != null
                                ? problem
                                : "The " + name + " of the batch has " + (end - start) + " bytes; " + MAX_SHARED_BYTES
                                        + " are allowed.";
                    }
                } else {
                    typed |= name.equals("type") && value == JsonToken.VALUE_STRING;
                    problem = firstOf(problem, problemIn(parser, 2));
                }
            }
            int to = endOf(parser, base);
            if (batch && !typed && malformed != null) {
                // As a whole, so that the dead letter has what its events share, too.
                forgetSince(eventsBefore, unreadableBefore);
                reject(from, to, malformed);
                return;
            }
            if (batch && !typed) {
                if (sharedProblem != null) {
                    rejectSince(eventsBefore, sharedProblem);
                }
                // Not before: a single event's own are read with the event.
                for (SharedPart part : parts) {
                    shared.set(part.name(), EventJson.parse(bytes, part.from(), part.to()));
                }
                return;
            }
            if (batch) {
                // A single event that happens to have a field named batch: its limits hold there as well.
                forgetSince(eventsBefore, unreadableBefore);
                problem = problemWithin(from, to);
            }
            add(from, to, problem, null);
        }

        private void elements(JsonParser parser, int base, ObjectNode shared)
                throws IOException, TooManyEventsException {
            JsonToken token;
            while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
                int from = startOf(parser, base);
                String problem = problemIn(parser, 1);
                parser.finishToken();
                int to = endOf(parser, base);
                if (token != JsonToken.START_OBJECT) {
                    problem = firstOf(problem, "An event must be a JSON object, found " + name(token) + ".");
                }
                add(from, to, problem, shared);
            }
        }

        private void add(int from, int to, String broken, ObjectNode shared) throws TooManyEventsException {
            String problem = firstOf(broken, malformed("event", from, to));
            if (problem != null) {
                reject(from, to, problem);
            } else if (to - from > maxEventBytes) {
                reject(from, to, "The event has " + (to - from) + " bytes; " + maxEventBytes + " are allowed.");
            } else {
                events.add(new EventOrigin(receipt, nextPosition(), body, from, to, shared));
            }
        }

        private void reject(int from, int to, String reason) throws TooManyEventsException {
            EventOrigin origin = new EventOrigin(receipt, nextPosition(), body, from, to, null);
            unreadable.add(new RejectedEvent(origin, reason, null, null));
        }

        private int nextPosition() throws TooManyEventsException {
            int position = events.size() + unreadable.size();
            if (position - countedFrom >= maxEvents) {
                throw new TooManyEventsException(maxEvents);
            }
            return firstIndex + position;
        }

        /** Without what they share, events cannot be understood. */
        private void rejectSince(int eventsBefore, String reason) {
            List<EventOrigin> lost = events.subList(eventsBefore, events.size());
            lost.forEach(origin -> unreadable.add(new RejectedEvent(origin, reason, null, null)));
            lost.clear();
        }

        private void forgetSince(int eventsBefore, int unreadableBefore) {
            events.subList(eventsBefore, events.size()).clear();
            unreadable.subList(unreadableBefore, unreadable.size()).clear();
        }

        private String problemWithin(int from, int to) throws IOException {
            try (JsonParser parser = parser(from, to)) {
                parser.nextToken();
                return problemIn(parser, 1);
            }
        }

        /** Passes over the value at the current token, and tells which limit it breaks, if any. */
        private String problemIn(JsonParser parser, int depth) throws IOException {
            String problem = null;
            int level = depth - 1;
            JsonToken token = parser.currentToken();
            while (true) {
                if (token.isStructStart()) {
                    if (++level > maxEventDepth) {
                        problem = "The event nests deeper than " + maxEventDepth + " levels.";
                    }
                } else if (token.isStructEnd()) {
                    level--;
                } else if (token.isNumeric()) {
                    problem = firstOf(problem, problemInNumber(parser));
                }
                if (level < depth) {
                    return problem;
                }
                token = parser.nextToken();
            }
        }

        private String problemInNumber(JsonParser parser) throws IOException {
            if (parser.getTextLength() > MAX_DIGITS) {
                return "The event holds a number of " + parser.getTextLength() + " digits.";
            }
            if (parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
                try {
                    parser.getDecimalValue();
                } catch (JsonProcessingException | NumberFormatException e) {
                    return "The event holds a number that is out of range.";
                }
            }
            return null;
        }
    }

    private static int startOf(JsonParser parser, int base) {
        return base + (int) parser.currentTokenLocation().getByteOffset();
    }

    private static int endOf(JsonParser parser, int base) {
        return base + (int) parser.currentLocation().getByteOffset();
    }

    private static String firstOf(String first, String second) {
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
}
