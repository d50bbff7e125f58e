package io.github.ldaudiences.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.problem.Problem;

/**
 * An event that can never be delivered, on its way to the dead letter.
 *
 * @param origin the event
 * @param problem what is wrong with it
 * @param mapping ID of the mapping that rejected it, or null if it could not be read
 * @param destination ID of the destination that rejected it, or null if it did not get that far
 * @param refusal LaunchDarkly's response, or null if it did not get that far
 */
public record RejectedEvent(EventOrigin origin, Problem problem, String mapping, String destination, Refusal refusal) {

    /**
     * An event that has not been sent to LaunchDarkly.
     *
     * @param origin the event
     * @param problem what is wrong with it
     * @param mapping ID of the mapping that rejected it, or null if it could not be read
     * @param destination ID of the destination of that mapping, or null
     */
    public RejectedEvent(EventOrigin origin, Problem problem, String mapping, String destination) {
        this(origin, problem, mapping, destination, null);
    }

    /**
     * Parses the event again: few events are rejected, so the others need not keep their parsed content.
     *
     * @return its JSON, or null if no mapping has seen it: it nests too deep, or is not JSON
     */
    public ObjectNode parse() {
        return mapping == null ? null : origin.parse();
    }

    /**
     * @param event what {@link #parse()} returned
     * @return Segment's id of the event, or null if it has none
     */
    public static String messageIdIn(ObjectNode event) {
        JsonNode id = event == null ? null : event.get("messageId");
        return id == null || id.isNull() || id.isContainerNode() ? null : id.asText();
    }

    /** @return Segment's id of the event, or null if it has none */
    public String messageId() {
        return messageIdIn(parse());
    }

    /** Announces the rejection to the event's receipt, which now waits for the dead letter. */
    public RejectedEvent announce() {
        origin.expect();
        return this;
    }

    /** Tells the event's receipt that the dead letter has the event. */
    public void settle() {
        origin.rejected(messageId(), problem);
    }
}
