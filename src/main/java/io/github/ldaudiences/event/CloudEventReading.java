package io.github.ldaudiences.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.io.IOException;
import java.util.Base64;

/** Reads documents in which each event is the data of a CloudEvent. */
final class CloudEventReading extends DocumentReading {

    private static final String UNREADABLE_DATA = "The data_base64 of the CloudEvent cannot be read: ";

    private final FoundEvents found;
    private final Projection projection;

    /**
     * @param found is given the events
     * @param projection the fields of each event that are read
     */
    CloudEventReading(FoundEvents found, Projection projection) {
        super(found, projection);
        this.found = found;
        this.projection = projection;
    }

    @Override
    void array(JsonParser parser, int base) throws IOException, TooManyEventsException {
        eachElement(parser, token -> {
            if (token == JsonToken.START_OBJECT) {
                object(parser, base);
            } else {
                element(parser, base, token, said());
            }
        });
    }

    /** Reads an event in its envelope. The data may be anything that a body may be. */
    @Override
    void object(JsonParser parser, int base) throws IOException, TooManyEventsException {
        int from = startOf(parser, base);
        int eventsBefore = found.events().size();
        int unreadableBefore = found.unreadable().size();
        JsonValues values = new JsonValues(parser, found.limits().maxEventDepth());
        Problem problem = null;
        int data = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if (name.equals("data") && token.isStructStart()) {
                data++;
                if (token == JsonToken.START_OBJECT) {
                    super.object(parser, base);
                } else {
                    super.array(parser, base);
                }
            } else if (name.equals("data_base64") && token == JsonToken.VALUE_STRING) {
                data++;
                problem = firstOf(problem, encoded(parser.getText()));
            } else {
                values.read(null, 2);
            }
        }
        problem = firstOf(problem, values.problem());
        if (data != 1) {
            problem = new Problem(
                    ProblemCode.ENVELOPE_INVALID,
                    "A CloudEvent must have its event under data, as a JSON object, or under data_base64.");
        }
        if (problem != null) {
            found.forgetSince(eventsBefore, unreadableBefore);
            found.reject(from, endOf(parser, base), problem);
        }
    }

    /** Reads the document that is encoded in an envelope. Returns what is wrong with it, or null. */
    private Problem encoded(String base64) throws TooManyEventsException {
        EventBody decoded;
        try {
            decoded = found.body().holding(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            return new Problem(ProblemCode.ENVELOPE_INVALID, "The data_base64 of the CloudEvent is not Base64.");
        }
        FoundEvents inner = found.goingOnIn(decoded);
        DocumentReading document = new DocumentReading(inner, projection);
        byte[] bytes = decoded.bytes();
        try {
            document.read(BodyReading.afterByteOrderMark(bytes, 0, bytes.length), bytes.length);
        } catch (JsonProcessingException e) {
            return document.notJson("data_base64 of the CloudEvent", 0, bytes.length, e);
        } catch (IOException e) {
            return couldNotBeRead(e).in(UNREADABLE_DATA);
        } catch (UnreadableBodyException e) {
            return e.problem().in(UNREADABLE_DATA);
        }
        found.addAll(inner);
        return null;
    }
}
