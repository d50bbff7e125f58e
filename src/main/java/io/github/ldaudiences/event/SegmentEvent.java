package io.github.ldaudiences.event;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One Segment call, as filters and mappings see it.
 *
 * @param json the fields of the call that are read, with the outer context of its body merged in; null if all are read:
 *     that is large, so it is parsed when needed
 * @param origin what is kept of it until it is settled
 */
public record SegmentEvent(ObjectNode json, EventOrigin origin) {

    /** @return Segment's id of the event; null if it has none, or the field is not read */
    public String messageId() {
        return RejectedEvent.messageIdIn(json);
    }

    /** @return this event with its JSON */
    public SegmentEvent parsed() {
        return json != null ? this : new SegmentEvent(origin.parse(), origin);
    }
}
