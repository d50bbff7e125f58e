package io.github.ldaudiences.memberships;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.delivery.Destination;
import io.github.ldaudiences.store.StoredState;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes a state as JSON for lookups. */
public final class StateJson {

    private final Map<String, String> environments;

    /** @param destinations the configured destinations */
    public StateJson(Collection<Destination> destinations) {
        environments = destinations.stream().collect(Collectors.toMap(Destination::id, Destination::clientSideId));
    }

    /** @return ids of the configured destinations */
    Set<String> destinations() {
        return environments.keySet();
    }

    /**
     * @param state a state
     * @return the state as JSON; {@code environmentId} is null if its destination no longer exists
     */
    public ObjectNode of(StoredState state) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("audienceId", state.audienceId())
                .put("audienceKey", state.audienceKey())
                .put("contextKind", state.contextKind())
                .put("contextKey", state.contextKey())
                .put("member", state.member())
                .put("since", text(state.since()))
                .put("eventTime", text(state.eventTime()))
                .put("messageId", state.messageId())
                .put("deliveredAt", text(state.deliveredAt()))
                .put("destination", state.destination())
                .put("environmentId", environments.get(state.destination()));
    }

    private static String text(long milliseconds) {
        return Instant.ofEpochMilli(milliseconds).toString();
    }
}
