package io.github.ldaudiences.event;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.problem.Problem;
import java.util.ArrayList;
import java.util.List;

/** The events that have been found in a body so far, each with its position, and what could not be read as one. */
final class FoundEvents {

    private final EventBody body;
    private final Receipt receipt;
    private final EventLimits limits;
    private int firstIndex;
    private int countedFrom; // position from which events count against the limit
    private final List<SegmentEvent> events = new ArrayList<>();
    private final List<RejectedEvent> unreadable = new ArrayList<>();

    /**
     * @param body the body
     * @param receipt the receipt that its source waits for
     * @param limits limits for a body and an event
     * @param firstIndex position of its first event among those that came in together
     */
    FoundEvents(EventBody body, Receipt receipt, EventLimits limits, int firstIndex) {
        this.body = body;
        this.receipt = receipt;
        this.limits = limits;
        this.firstIndex = firstIndex;
    }

    EventBody body() {
        return body;
    }

    EventLimits limits() {
        return limits;
    }

    List<SegmentEvent> events() {
        return events;
    }

    List<RejectedEvent> unreadable() {
        return unreadable;
    }

    /** @return how many events there are, readable or not */
    int position() {
        return events.size() + unreadable.size();
    }

    /** From now on, events count against the limit anew. */
    void countAnew() {
        countedFrom = position();
    }

    /** From now on, events count against the limit anew, and so do their positions. */
    void beginMessage() {
        countAnew();
        firstIndex = -countedFrom;
    }

    /**
     * @param other a body that this one holds
     * @return finds its events alone: neither positions nor the limit go on
     */
    FoundEvents apartIn(EventBody other) {
        return new FoundEvents(other, receipt, limits, 0);
    }

    /**
     * @param other a body that this one holds
     * @return finds its events, whose positions follow those of these; the limit applies to all of them together
     */
    FoundEvents goingOnIn(EventBody other) {
        FoundEvents more = new FoundEvents(other, receipt, limits, firstIndex + position());
        more.countedFrom = countedFrom - position();
        return more;
    }

    void addAll(FoundEvents more) {
        events.addAll(more.events);
        unreadable.addAll(more.unreadable);
    }

    /**
     * @param json the fields that are read, or null
     * @param from first byte of the event in the body
     * @param to first byte after it
     * @param shared what the event shares with others, or null
     */
    void add(ObjectNode json, int from, int to, SharedFields shared) throws TooManyEventsException {
        events.add(new SegmentEvent(json, new EventOrigin(receipt, nextPosition(), body, from, to, shared)));
    }

    /** Adds a part of the body as one unreadable event. */
    void reject(int from, int to, Problem problem) throws TooManyEventsException {
        reject(nextPosition(), from, to, problem);
    }

    /** Adds a part of the body as one unreadable event, beyond the limit if necessary. */
    void reject(int position, int from, int to, Problem problem) {
        EventOrigin origin = new EventOrigin(receipt, position, body, from, to, null);
        unreadable.add(new RejectedEvent(origin, problem, null, null));
    }

    private int nextPosition() throws TooManyEventsException {
        int position = position();
        if (position - countedFrom >= limits.maxEvents()) {
            throw new TooManyEventsException(limits.maxEvents());
        }
        return firstIndex + position;
    }

    /** Rejects events whose shared fields cannot be used: the events cannot be understood alone. */
    void rejectSince(int eventsBefore, Problem problem) {
        List<SegmentEvent> lost = events.subList(eventsBefore, events.size());
        lost.forEach(event -> unreadable.add(new RejectedEvent(event.origin(), problem, null, null)));
        lost.clear();
    }

    void forgetSince(int eventsBefore, int unreadableBefore) {
        events.subList(eventsBefore, events.size()).clear();
        unreadable.subList(unreadableBefore, unreadable.size()).clear();
    }

    /**
     * @param unreadableBefore how many could not be read before a document
     * @return what is wrong with the document, of which nothing could be read
     */
    Problem nothingRead(int unreadableBefore) {
        return unreadable.get(unreadableBefore).problem().in("Nothing in the body could be read as an event: ");
    }

    /**
     * @return what was read, and what could not be read; the receipt now waits for both
     * @throws UnreadableBodyException if nothing could be read
     */
    ReadEvents result() throws UnreadableBodyException {
        if (events.isEmpty() && !unreadable.isEmpty()) {
            throw new UnreadableBodyException(nothingRead(0));
        }
        return announced();
    }

    /** @return what was read, and what could not be read; the receipt now waits for both */
    ReadEvents announced() {
        unreadable.forEach(RejectedEvent::announce);
        return new ReadEvents(events, unreadable);
    }
}
