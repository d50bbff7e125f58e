package io.github.ldaudiences.explain;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.StringJoiner;

/** Formats an explanation as text for a terminal. */
public final class ExplanationText {

    private static final String STEP = "    %-27s %s%n";

    private final StringBuilder text = new StringBuilder();

    private ExplanationText() {}

    /**
     * @param explanation the result of {@link Explainer}
     * @return lines
     */
    public static String of(JsonNode explanation) {
        ExplanationText written = new ExplanationText();
        explanation.path("events").forEach(written::event);
        return written.text.toString();
    }

    private void event(JsonNode event) {
        JsonNode messageId = event.path(Names.MESSAGE_ID);
        line(
                "Event %s%s: %s%s%n",
                event.path(Names.INDEX),
                messageId.isNull() ? "" : " (" + messageId.asText() + ")",
                event.path(Names.OUTCOME).asText(),
                because(event));
        event.path(Names.MAPPINGS).forEach(this::mapping);
    }

    private void mapping(JsonNode mapping) {
        line(
                "  Mapping %s (%s): %s%s%n",
                mapping.path(Names.MAPPING).asText(),
                mapping.path(Names.STATUS).asText(),
                mapping.path(Names.OUTCOME).asText(),
                because(mapping));
        JsonNode trigger = mapping.path(Names.TRIGGER);
        line(STEP, "trigger", trigger.path(Names.EXPRESSION).asText() + ": " + matches(trigger));
        for (JsonNode comparison : trigger.path(Names.COMPARISONS)) {
            line(
                    STEP,
                    "",
                    comparison.path(Names.EXPRESSION).asText() + ": " + matches(comparison) + ", found "
                            + found(comparison));
        }
        kind("computation class", mapping.path(Names.COMPUTATION_CLASS));
        kind("event of the sync mode", mapping.path(Names.SYNC_MODE));
        for (Map.Entry<String, JsonNode> field : mapping.path(Names.FIELDS).properties()) {
            JsonNode value = field.getValue();
            line(
                    STEP,
                    field.getKey(),
                    foundFrom(value) + " (" + value.path(Names.CONFIGURED).asText() + ")");
        }
        if (mapping.has(Names.CONTEXT_KEY)) {
            line(STEP, "context key", foundFrom(mapping.path(Names.CONTEXT_KEY)));
        }
        if (mapping.has(Names.MEMBERSHIP)) {
            JsonNode membership = mapping.path(Names.MEMBERSHIP);
            line(
                    STEP,
                    "membership",
                    foundFrom(membership)
                            + (membership.has(Names.DECISION)
                                    ? ": " + membership.path(Names.DECISION).asText()
                                    : ""));
        }
        if (mapping.has(Names.EVENT_TIME)) {
            JsonNode time = mapping.path(Names.EVENT_TIME);
            line(
                    STEP,
                    "event time",
                    foundFrom(time) + ": " + time.path(Names.COUNTS).asText()
                            + (time.path(Names.CLAMPED).booleanValue() ? ", because it is too far ahead" : ""));
        }
        for (JsonNode newer : mapping.path(Names.SUPERSEDED)) {
            line(
                    STEP,
                    "superseded",
                    newer.path("userId") + " is " + newer.path(Names.VALUE) + " since "
                            + newer.path(Names.EVENT_TIME).asText());
        }
        for (JsonNode repeat : mapping.path(Names.REPEATS)) {
            line(
                    STEP,
                    "repeat",
                    repeat + ": LaunchDarkly has this state or a newer one, or is about to get it; no request");
        }
        if (mapping.has(Names.REQUESTS)) {
            line(
                    STEP,
                    "destination",
                    mapping.path(Names.DESTINATION).asText() + ", environment "
                            + mapping.path(Names.ENVIRONMENT_ID).asText()
                            + (mapping.path(Names.SANDBOX).booleanValue() ? " of the embedded sandbox" : ""));
        }
        mapping.path(Names.REQUESTS).forEach(this::request);
    }

    private void kind(String name, JsonNode kind) {
        if (!kind.isMissingNode()) {
            StringJoiner wanted = new StringJoiner(" or ");
            kind.path(Names.WANTED).forEach(one -> wanted.add(one.asText()));
            line(STEP, name, found(kind) + ", wanted " + wanted + ": " + matches(kind));
        }
    }

    private void request(JsonNode request) {
        line(
                STEP,
                "request",
                request.path(Names.METHOD).asText() + " "
                        + request.path(Names.URL).asText());
        for (Map.Entry<String, JsonNode> header : request.path(Names.HEADERS).properties()) {
            line(STEP, "", header.getKey() + ": " + header.getValue().asText());
        }
        line(STEP, "", request.path(Names.BODY));
    }

    private static String because(JsonNode explained) {
        return explained.has(Names.REASON) ? ". " + explained.path(Names.REASON).asText() : "";
    }

    private static String matches(JsonNode explained) {
        return explained.path(Names.MATCHED).booleanValue() ? "matches" : "does not match";
    }

    private static String foundFrom(JsonNode explained) {
        String from = explained.path(Names.FROM).asText();
        return found(explained) + (from.equals("nothing") ? "" : " from " + from);
    }

    private static String found(JsonNode explained) {
        return explained.has(Names.VALUE)
                ? explained.path(Names.VALUE).toString()
                : explained.path(Names.FOUND).asText("nothing");
    }

    private void line(String format, Object... arguments) {
        text.append(String.format(format, arguments));
    }
}
