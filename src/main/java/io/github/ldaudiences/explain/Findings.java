package io.github.ldaudiences.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.ldaudiences.mapping.MappingTrace;
import io.github.ldaudiences.mapping.MembershipChange;
import java.time.Instant;

/** Records what decides while an event is mapped, as far as the mapping gets. */
final class Findings implements MappingTrace {

    private ObjectNode contextKey;
    private ObjectNode membership;
    private ObjectNode eventTime;

    @Override
    public void contextKey(String field, String value) {
        contextKey = Found.object(TextNode.valueOf(value)).put(Names.FROM, field);
    }

    @Override
    public void membership(String from, JsonNode value) {
        membership = Found.object(value).put(Names.FROM, from);
    }

    @Override
    public void eventTime(String from, JsonNode value, long time, boolean clamped) {
        eventTime = Found.object(value)
                .put(Names.FROM, from == null ? "arrival" : from)
                .put(Names.CLAMPED, clamped)
                .put(Names.COUNTS, Instant.ofEpochMilli(time).toString());
    }

    /**
     * @param explanation receives the findings
     * @param change the change that the event was mapped to; null if there is none or more than one
     */
    void addTo(ObjectNode explanation, MembershipChange change) {
        if (contextKey != null) {
            explanation.set(Names.CONTEXT_KEY, contextKey);
        }
        if (membership != null) {
            explanation.set(Names.MEMBERSHIP, membership);
            if (change != null) {
                membership.put(Names.DECISION, change.member() ? "ADD" : "REMOVE");
            }
        }
        if (eventTime != null) {
            explanation.set(Names.EVENT_TIME, eventTime);
        }
    }
}
