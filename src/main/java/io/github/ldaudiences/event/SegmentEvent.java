package io.github.ldaudiences.event;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One Segment call, as filters and mappings see it.
 *
 * @param json what is read of the call, with the outer context of its body merged in; null if all of it is read, for that
 *     is large: it is parsed when it is needed
 * @param origin what is kept of it until it is settled
 */
public record SegmentEvent(ObjectNode json, EventOrigin origin) {

    /** @return Segment's id of the event; null if it has none, or it is not read */
    public String messageId() {
        return RejectedEvent.messageIdIn(json);
    }

    /** @return this event with its JSON */
    public SegmentEvent parsed() {
        return json != null ? this : new SegmentEvent(origin.parse(), origin);
    }
}
