package io.github.ldaudiences.command.drift;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.delivery.CohortName;
import io.github.ldaudiences.store.StoredState;
import java.time.Instant;
import java.util.stream.Collectors;

/** Reports the result of a comparison, and the command that repairs it. */
final class DriftReport {

    private DriftReport() {}

    /**
     * @param found the result
     * @return the result as text, in one line or several
     */
    static String text(AudienceDrift found) {
        StoredState audience = found.audience();
        StringBuilder text = new StringBuilder()
                .append(audience.audienceKey())
                .append(" (")
                .append(audience.audienceId())
                .append(", ")
                .append(audience.contextKind())
                .append("): ");
        if (found.segments().isEmpty()) {
            text.append("LaunchDarkly has no synced segment with the key ")
                    .append(audience.audienceId())
                    .append(" or the name \"")
                    .append(CohortName.of(audience.audienceKey()))
                    .append("\". If it has another key, name it: --segment=")
                    .append(quoted(audience.audienceId() + "="))
                    .append("<key>.");
        } else if (found.isUndecided()) {
            text.append("not compared, because several synced segments have the name \"")
                    .append(CohortName.of(audience.audienceKey()))
                    .append("\": ")
                    .append(found.segments().stream().map(SyncedSegment::key).collect(Collectors.joining(", ")))
                    .append(". Name the right one: --segment=")
                    .append(quoted(audience.audienceId() + "="))
                    .append("<key>.");
        } else {
            text.append(found.checked())
                    .append(" people compared with the segment ")
                    .append(found.segments().get(0).key())
                    .append(", ")
                    .append(found.different().size())
                    .append(" differ.");
        }
        for (StoredState state : found.different()) {
            text.append("%n  %s %s, but LaunchDarkly has them %s (store: since %s, delivered %s)"
                    .formatted(
                            state.contextKey(),
                            state.member() ? "is a member" : "has left",
                            state.member() ? "not" : "still",
                            Instant.ofEpochMilli(state.since()),
                            Instant.ofEpochMilli(state.deliveredAt())));
        }
        if (found.isDrift()) {
            text.append("%n  To send the audience again: %s".formatted(resync(audience)));
        }
        return text.toString();
    }

    /**
     * @param found the result
     * @return the result as JSON
     */
    static ObjectNode json(AudienceDrift found) {
        StoredState audience = found.audience();
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("audienceId", audience.audienceId())
                .put("audienceKey", audience.audienceKey())
                .put("contextKind", audience.contextKind())
                .put("destination", audience.destination());
        ArrayNode segments = json.putArray("segments");
        found.segments().forEach(segment -> segments.add(segment.key()));
        json.put("checked", found.checked());
        ArrayNode differences = json.putArray("differences");
        for (StoredState state : found.different()) {
            differences
                    .addObject()
                    .put("contextKey", state.contextKey())
                    .put("stored", state.member())
                    .put("launchDarkly", !state.member())
                    .put("since", Instant.ofEpochMilli(state.since()).toString())
                    .put(
                            "deliveredAt",
                            Instant.ofEpochMilli(state.deliveredAt()).toString());
        }
        return json.put("resync", found.isDrift() ? resync(audience) : null);
    }

    private static String resync(StoredState audience) {
        return "java -jar launchdarkly-audiences-camel-*.jar resync --audience=" + quoted(audience.audienceId())
                + " --context-kind=" + quoted(audience.contextKind()) + " --destination="
                + quoted(audience.destination());
    }

    /** Quotes a text for a shell. */
    private static String quoted(String text) {
        return text.matches("[\\w.:@=-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
