package io.github.ldaudiences.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.event.EventLimits;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.EventSource;
import io.github.ldaudiences.event.ReadEvents;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.SegmentEvent;
import io.github.ldaudiences.event.TooManyEventsException;
import io.github.ldaudiences.event.UnreadableBodyException;
import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.mapping.MembershipChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Converts states to changes that are delivered like all others. Each has an event with the same content, for the dead
 * letter.
 */
public final class StateChanges {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final EventReader READER =
            new EventReader(new EventLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE));

    private final List<MembershipChange> changes;
    private final long heldBytes;

    private StateChanges(List<MembershipChange> changes, long heldBytes) {
        this.changes = changes;
        this.heldBytes = heldBytes;
    }

    /**
     * @param states the states
     * @param receipt the receipt of the changes, which are not announced to it yet
     * @param source where the changes come from
     * @return their changes, in the same order
     */
    public static StateChanges of(List<StoredState> states, Receipt receipt, EventSource source) {
        if (states.isEmpty()) {
            return new StateChanges(new ArrayList<>(0), 0); // an empty body would be rejected
        }
        ArrayNode events = JSON.createArrayNode();
        states.forEach(state -> events.add(event(state)));
        try {
            byte[] body = JSON.writeValueAsBytes(events);
            ReadEvents read = READER.readJson(body, receipt, source);
            List<MembershipChange> changes = new ArrayList<>(states.size());
            for (int i = 0; i < states.size(); i++) {
                changes.add(change(states.get(i), read.events().get(i)));
            }
            return new StateChanges(changes, read.heldBytes(body.length));
        } catch (JsonProcessingException | UnreadableBodyException | TooManyEventsException e) {
            throw new IllegalStateException(e); // it has just been written
        }
    }

    private static MembershipChange change(StoredState state, SegmentEvent event) {
        return new MembershipChange(
                new Audience(state.destination(), state.contextKind(), state.audienceId()),
                state.audienceKey(),
                state.contextKey(),
                state.member(),
                state.eventTime(),
                true,
                null,
                event.origin(),
                state.messageId());
    }

    private static ObjectNode event(StoredState state) {
        ObjectNode event = JSON.createObjectNode();
        event.put("type", "identify");
        event.put("messageId", state.messageId());
        event.put("userId", state.contextKey());
        event.put("timestamp", Instant.ofEpochMilli(state.eventTime()).toString());
        event.putObject("traits").put(state.audienceKey(), state.member());
        event.putObject("context")
                .putObject("personas")
                .put("computation_class", "audience")
                .put("computation_id", state.audienceId())
                .put("computation_key", state.audienceKey());
        return event;
    }

    /** @return the approximate number of bytes that they hold in memory until they are settled */
    public long heldBytes() {
        return heldBytes;
    }

    /** @return the number of changes */
    public int size() {
        return changes.size();
    }

    /**
     * Announces the changes to their receipt, which must have admitted them.
     *
     * @return a mutable list
     */
    public List<MembershipChange> announced() {
        changes.forEach(change -> change.origin().expect());
        return changes;
    }
}
