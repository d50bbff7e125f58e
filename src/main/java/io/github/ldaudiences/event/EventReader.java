package io.github.ldaudiences.event;

import io.github.ldaudiences.problem.Problem;
import java.util.List;

/**
 * Finds the events in a body, and extracts the fields that are read. A body may be one event, an array of events, or
 * Segment's batch object, whose outer {@code context} and {@code integrations} apply to each of its events. In
 * newline-delimited bodies, each line is one of these.
 *
 * <p>A problem with one event affects only that event. Only a document that is not JSON is refused as a whole, because
 * nobody can tell where its next event would begin. Numbers that JSON does not allow, such as {@code NaN}, leave no
 * doubt of that, so only their event is rejected.
 */
public final class EventReader {

    private final EventLimits limits;
    private final Projection projection;

    /**
     * Creates a reader of whole events.
     *
     * @param limits limits for a body and an event
     */
    public EventReader(EventLimits limits) {
        this(limits, Projection.ALL);
    }

    /**
     * @param limits limits for a body and an event
     * @param projection the fields of each event that are read
     */
    public EventReader(EventLimits limits, Projection projection) {
        this.limits = limits;
        this.projection = projection;
    }

    /**
     * Reads one JSON document.
     *
     * @param body UTF-8 bytes
     * @param receipt the receipt that the source of the body waits for
     * @param source where the body came from
     * @return the events, and what could not be read as one
     * @throws UnreadableBodyException if the body is not JSON, or holds nothing that could be an event
     * @throws TooManyEventsException if it holds more events than allowed
     */
    public ReadEvents readJson(byte[] body, Receipt receipt, EventSource source)
            throws UnreadableBodyException, TooManyEventsException {
        return bodyReading(new EventBody(body, source), receipt).json();
    }

    /**
     * Reads one JSON document that is a CloudEvent in structured mode or an array of them. The data of each are read as
     * a document.
     *
     * @param body UTF-8 bytes
     * @param receipt the receipt that the source of the body waits for
     * @param source where the body came from
     * @return the events, and what could not be read as one
     * @throws UnreadableBodyException if the body is not JSON, or holds nothing that could be an event
     * @throws TooManyEventsException if it holds more events than allowed
     */
    public ReadEvents readCloudEvents(byte[] body, Receipt receipt, EventSource source)
            throws UnreadableBodyException, TooManyEventsException {
        FoundEvents found = new FoundEvents(new EventBody(body, source), receipt, limits, 0);
        return new BodyReading(found, new CloudEventReading(found, projection)).json();
    }

    /**
     * Reads newline-delimited JSON. Empty lines are skipped; a line that is not JSON is one unreadable event.
     *
     * @param body UTF-8 bytes
     * @param receipt the receipt that the source of the body waits for
     * @param source where the body came from
     * @return the events, and the lines that could not be read
     * @throws UnreadableBodyException if no line could be read
     * @throws TooManyEventsException if there are more events than allowed
     */
    public ReadEvents readLines(byte[] body, Receipt receipt, EventSource source)
            throws UnreadableBodyException, TooManyEventsException {
        return bodyReading(new EventBody(body, source), receipt).lines();
    }

    /**
     * Reads newline-delimited JSON whose sender gets no response: each line that cannot be read, or that holds more
     * events than allowed, is one unreadable event.
     *
     * @param body UTF-8 bytes
     * @param receipt the receipt that the source of the body waits for
     * @return the events, and the lines that could not be read
     */
    public ReadEvents readEachLine(EventBody body, Receipt receipt) {
        return bodyReading(body, receipt).eachLine();
    }

    /**
     * Reads a message whose sender gets no response: a body that cannot be read is one unreadable event, for the dead
     * letter. The document may be in the frame of a schema registry, and an event may be a JSON string.
     *
     * @param body UTF-8 bytes of one JSON document, or null for none
     * @param receipt the receipt that the source of the message waits for
     * @param source where the message came from
     * @return the events, and what could not be read as one
     */
    public ReadEvents readMessage(byte[] body, Receipt receipt, EventSource source) {
        MessageReading message = reading(new EventBody(body == null ? new byte[0] : body, source), receipt);
        message.message(0, body == null ? MessageReading.NO_VALUE : body.length);
        return message.announced();
    }

    /**
     * Starts to read messages that are held together. Each is read as {@link #readMessage} reads a single one.
     *
     * @param body the body that holds the messages
     * @param receipt the receipt that their source waits for
     * @return the reading, which is given the position of each message
     */
    public MessageReading reading(EventBody body, Receipt receipt) {
        return reading(body, 0, receipt);
    }

    /**
     * Reads the content of a dead letter, as {@link #readMessage} reads a message.
     *
     * @param body the content, and nothing else
     * @param index position of its first event among those that came in together
     * @param receipt the receipt that the source of the dead letter waits for
     * @return the events, and what could not be read as one
     */
    public ReadEvents readReplayed(EventBody body, int index, Receipt receipt) {
        try {
            return reading(body, index, receipt).replayed();
        } catch (UnreadableBodyException e) {
            return unreadable(e.problem(), body, index, receipt);
        }
    }

    /**
     * Makes a whole body one unreadable event, for the dead letter.
     *
     * @param problem what is wrong with it
     * @param body the body
     * @param index its position among those that came in together
     * @param receipt the receipt that its source waits for
     * @return no events, and one that could not be read
     */
    public static ReadEvents unreadable(Problem problem, EventBody body, int index, Receipt receipt) {
        EventOrigin origin = new EventOrigin(receipt, index, body, 0, body.length(), null);
        return new ReadEvents(List.of(), List.of(new RejectedEvent(origin, problem, null, null).announce()));
    }

    /**
     * Makes a part of a body one unreadable event, for the dead letter.
     *
     * @param problem what is wrong with it
     * @param body the body that holds it
     * @param from first byte of it
     * @param to first byte after it
     * @param receipt the receipt that its source waits for
     * @return no events, and one that could not be read
     */
    public static ReadEvents unreadable(Problem problem, EventBody body, int from, int to, Receipt receipt) {
        EventOrigin origin = new EventOrigin(receipt, 0, body, from, to, null);
        return new ReadEvents(List.of(), List.of(new RejectedEvent(origin, problem, null, null).announce()));
    }

    private MessageReading reading(EventBody body, int firstIndex, Receipt receipt) {
        return new MessageReading(new FoundEvents(body, receipt, limits, firstIndex), projection);
    }

    private BodyReading bodyReading(EventBody body, Receipt receipt) {
        FoundEvents found = new FoundEvents(body, receipt, limits, 0);
        return new BodyReading(found, new DocumentReading(found, projection));
    }
}
