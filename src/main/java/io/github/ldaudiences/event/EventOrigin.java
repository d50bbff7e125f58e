package io.github.ldaudiences.event;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.problem.Problem;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What is kept of an event until it is settled: its receipt and its bytes. It is small because many wait at the same
 * time: the parsed event is discarded once it has been mapped.
 */
public final class EventOrigin {

    static final int DELIVERED = 1;
    static final int REJECTED = 2;

    private final Receipt receipt;
    private final int index;
    private final EventBody body;
    private final int from;
    private final int to;
    private final SharedFields shared;
    private byte outcomes;

    /**
     * @param receipt the receipt that the event's source waits for
     * @param index position of the event in its body, from 0
     * @param body the body that held the event
     * @param from first byte of the event in the body
     * @param to first byte after the event in the body
     * @param shared fields that all events of the body share, or null
     */
    EventOrigin(Receipt receipt, int index, EventBody body, int from, int to, SharedFields shared) {
        this.receipt = receipt;
        this.index = index;
        this.body = body;
        this.from = from;
        this.to = to;
        this.shared = shared;
    }

    /** @return position of the event in its body, from 0 */
    public int index() {
        return index;
    }

    /**
     * Parses the whole event. Call this only if the event could be read.
     *
     * @return its JSON, including the shared fields of its body
     */
    public ObjectNode parse() {
        ObjectNode event = EventJson.parse(body.bytes(), from, to);
        if (shared != null) {
            shared.addAllTo(event);
        }
        return event;
    }

    /** @return the event as it arrived, without the shared fields of its body */
    public byte[] original() {
        return Arrays.copyOfRange(body.bytes(), from, to);
    }

    /** @return how many bytes the event has, without the shared fields of its body */
    int length() {
        return to - from;
    }

    /** @return where to find the event, in terms of its source */
    public Map<String, Object> coordinates() {
        return body.coordinates(from);
    }

    /** @return the span that the event came from; null if its sender names none, or tracing is off */
    public TraceOrigin trace() {
        return body.trace(from);
    }

    /** @return when the event arrived for the first time, in epoch milliseconds */
    public long arrival() {
        Replay replay = replay();
        return replay == null ? receipt.opened() : replay.arrival();
    }

    /** @return when its source handed the event over, by {@link System#nanoTime()} */
    public long openedNanos() {
        return receipt.openedNanos();
    }

    /** @return the dead letter that the event is replayed from, or null */
    public Replay replay() {
        return body.replay();
    }

    /** @return the intake of the event's source */
    public Intake intake() {
        return receipt.intake();
    }

    /** @return whether the event's source still waits for it */
    public boolean isAwaited() {
        return receipt.isAwaited();
    }

    /** @return whether the event's source has been told the outcome, or that its deadline has passed */
    public boolean isOver() {
        return receipt.settled().isDone();
    }

    /** @return the ID of the event's receipt, unique in this process */
    public String receiptId() {
        return receipt.id();
    }

    /** @return whether the event's receipt may still succeed; if not, its source sends the event again */
    public boolean canSettle() {
        return receipt.canSettle();
    }

    /** Announces one more change or rejection that this event's receipt must wait for. */
    public void expect() {
        receipt.expect();
    }

    /** Ends one announced change: LaunchDarkly has it, or a newer change of the same member. */
    public void delivered() {
        receipt.delivered(this);
    }

    /**
     * Holds an announced rejection until every other change of the receipt has ended.
     *
     * @param whenRestHasEnded is given true if the held rejections of the receipt are to be written, each of which then
     *     ends as rejected or failed; false if they are to be dropped. Called once for all rejections that the receipt
     *     holds
     */
    public void hold(Consumer<Boolean> whenRestHasEnded) {
        receipt.hold(whenRestHasEnded);
    }

    /**
     * Ends one announced change: the dead letter has it.
     *
     * @param messageId Segment's id of the event, or null
     * @param problem what is wrong with the event
     */
    void rejected(String messageId, Problem problem) {
        receipt.rejected(this, messageId, problem);
    }

    /**
     * Ends one announced change: it could not be delivered for now, and the source must keep the event.
     *
     * @param cause what went wrong
     */
    public void failed(Throwable cause) {
        receipt.failed(cause);
    }

    /** Sets an outcome flag. The caller holds the receipt's lock. */
    boolean mark(int outcome) {
        boolean first = (outcomes & outcome) == 0;
        outcomes |= (byte) outcome;
        return first;
    }

    boolean has(int outcome) {
        return (outcomes & outcome) != 0;
    }
}
