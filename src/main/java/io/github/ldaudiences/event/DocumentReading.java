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

/** Reads JSON documents of a body, one after the other, in one pass: one event, an array of them, or a batch object. */
class DocumentReading {

    /** Limit for what a batch object shares with all of its events: it is repeated in the dead letter of each. */
    private static final int MAX_SHARED_BYTES = 8192;

    private final FoundEvents found;
    private final EventBody body;
    private final byte[] bytes;
    private final EventLimits limits;
    private final Projection reads; // fields of each event; null for nothing
    private final SharedFields said; // fields of events outside of batch objects; null for nothing
    private int documentFrom; // position of the document's first event
    private int openArrays; // arrays of events that are open at the parser's position
    private boolean wellFormed; // whether all text of the document is well-formed
    private byte[] readable; // for a document that is not all UTF-8: a version that can be parsed
    private int readableFrom;

    /**
     * @param found is given the events
     * @param projection the fields of each event that are read; whole events are parsed later, when they are needed
     */
    DocumentReading(FoundEvents found, Projection projection) {
        this.found = found;
        this.body = found.body();
        this.bytes = body.bytes();
        this.limits = found.limits();
        this.reads = projection.isAll() ? null : projection;
        this.said = body.eventType() == null ? null : new SharedFields(body);
    }

    /**
     * Reads one document.
     *
     * @param from first byte of it in the body
     * @param to first byte after it
     * @throws JsonProcessingException if it is not JSON; see {@link #notJson}
     * @throws IOException if it could not be read
     * @throws UnreadableBodyException if it holds nothing that could be an event
     * @throws TooManyEventsException if it holds more events than allowed
     */
    final void read(int from, int to) throws IOException, UnreadableBodyException, TooManyEventsException {
        begin(from, to);
        // The parser reports offsets relative to where it started.
        try (JsonParser parser = parser(from, to)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new UnreadableBodyException(ProblemCode.BODY_EMPTY, "The body is empty.");
            } else if (first == JsonToken.START_ARRAY) {
                array(parser, from);
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

    /**
     * Begins another document.
     *
     * @return whether its text is well-formed
     */
    final boolean begin(int from, int to) {
        wellFormed = UnicodeCheck.firstFault(bytes, from, to) < 0;
        readable = wellFormed ? null : UnicodeCheck.readable(bytes, from, to);
        readableFrom = from;
        documentFrom = found.position();
        openArrays = 0;
        return wellFormed;
    }

    /** @return the fields that the source of the body provides for each event, or null */
    final SharedFields said() {
        return said;
    }

    private JsonParser parser(int from, int to) throws IOException {
        return readable == null
                ? EventJson.parser(bytes, from, to)
                : EventJson.parser(readable, from - readableFrom, to - readableFrom);
    }

    /**
     * @param what names the document
     * @param from first byte of it
     * @param to first byte after it
     * @param e what its parser said
     * @return what is wrong with it
     */
    final Problem notJson(String what, int from, int to, JsonProcessingException e) {
        if (readable != null) {
            return malformed(what, from, to);
        }
        String problem = "The " + what + " is not valid JSON: " + JsonProblem.of(e);
        return new Problem(
                ProblemCode.NOT_JSON,
                openArrays == 0
                        ? problem
                        : problem + ". The event with index " + (found.position() - documentFrom)
                                + " is the first that cannot be read.");
    }

    private Problem malformed(String what, int from, int to) {
        String problem = wellFormed ? null : UnicodeCheck.problem(bytes, from, to);
        return problem == null ? null : new Problem(ProblemCode.NOT_UNICODE, "The " + what + " " + problem);
    }

    /** @return what is wrong with a document that could not be read to its end */
    static Problem couldNotBeRead(IOException e) {
        return new Problem(ProblemCode.NOT_JSON, "The body could not be read: " + e.getMessage());
    }

    /** Reads an object that is not in an array: a single event or a batch object. Only its end tells which. */
    void object(JsonParser parser, int base) throws IOException, TooManyEventsException {
        int from = startOf(parser, base);
        int eventsBefore = found.events().size();
        int unreadableBefore = found.unreadable().size();
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
            found.forgetSince(eventsBefore, unreadableBefore);
            again(from, to);
        } else if (malformed != null) {
            // Reject the object as a whole, so that the dead letter has the shared fields, too.
            found.forgetSince(eventsBefore, unreadableBefore);
            found.reject(from, to, malformed);
        } else if (sharedProblem != null) {
            found.rejectSince(eventsBefore, sharedProblem);
        } else if (reads != null) {
            // Only now, because the shared fields may follow the events.
            found.events()
                    .subList(eventsBefore, found.events().size())
                    .forEach(event -> shared.addReadTo(event.json()));
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

    /** Reads an array that is not in another. */
    void array(JsonParser parser, int base) throws IOException, TooManyEventsException {
        elements(parser, base, said);
    }

    private void elements(JsonParser parser, int base, SharedFields shared) throws IOException, TooManyEventsException {
        eachElement(parser, token -> element(parser, base, token, shared));
    }

    /** Reads an element of an array, which begins with a token. */
    interface Element {

        void read(JsonToken first) throws IOException, TooManyEventsException;
    }

    final void eachElement(JsonParser parser, Element element) throws IOException, TooManyEventsException {
        openArrays++;
        JsonToken token;
        while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
            element.read(token);
        }
        openArrays--;
    }

    /** Reads an element of an array, which must be an event. */
    final void element(JsonParser parser, int base, JsonToken token, SharedFields shared)
            throws IOException, TooManyEventsException {
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
                            ProblemCode.NOT_AN_OBJECT, "An event must be a JSON object, found " + name(token) + "."));
        }
        add(from, to, problem, read, shared);
    }

    private void add(int from, int to, Problem broken, JsonNode read, SharedFields shared)
            throws TooManyEventsException {
        Problem problem = firstOf(broken, malformed("event", from, to));
        if (problem != null) {
            found.reject(from, to, problem);
        } else if (to - from > limits.maxEventBytes()) {
            found.reject(
                    from,
                    to,
                    new Problem(
                            ProblemCode.EVENT_TOO_LARGE,
                            "The event has " + (to - from) + " bytes; " + limits.maxEventBytes() + " are allowed."));
        } else {
            ObjectNode event = reads == null ? null : (ObjectNode) read;
            if (event != null && said != null && shared == said) {
                said.addReadTo(event);
            }
            found.add(event, from, to, shared);
        }
    }

    static int startOf(JsonParser parser, int base) {
        return base + (int) parser.currentTokenLocation().getByteOffset();
    }

    static int endOf(JsonParser parser, int base) {
        return base + (int) parser.currentLocation().getByteOffset();
    }

    static Problem firstOf(Problem first, Problem second) {
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
