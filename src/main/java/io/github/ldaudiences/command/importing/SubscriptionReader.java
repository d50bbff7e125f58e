package io.github.ldaudiences.command.importing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.ldaudiences.command.reporting.UnusableException;
import io.github.ldaudiences.problem.JsonProblem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads subscriptions from JSON in the form of Segment's Public API: one, an array, or either in its envelope. */
final class SubscriptionReader {

    /** Segment: where its API and exports of other tools have the fields of the action. */
    private static final List<String> FIELDS = List.of("settings", "mapping", "mappings");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private SubscriptionReader() {}

    /**
     * @param text JSON
     * @return the subscriptions in it, at least one
     * @throws UnusableException if the text is not JSON, or something in it is not a subscription
     */
    static List<Subscription> read(String text) {
        JsonNode found = withoutEnvelope(parse(text));
        List<Subscription> subscriptions = new ArrayList<>();
        for (JsonNode each : found.isArray() ? found : List.of(found)) {
            subscriptions.add(subscription(each));
        }
        if (subscriptions.isEmpty()) {
            throw new UnusableException("The input does not hold a subscription.");
        }
        return subscriptions;
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new UnusableException("The input is not valid JSON: " + JsonProblem.of(e));
        }
    }

    private static JsonNode withoutEnvelope(JsonNode answer) {
        JsonNode found = answer;
        while (found.path("data").isObject()) {
            found = found.get("data");
        }
        if (found.path("subscriptions").isArray()) {
            return found.get("subscriptions");
        }
        return found.path("subscription").isObject() ? found.get("subscription") : found;
    }

    private static Subscription subscription(JsonNode json) {
        String settings = FIELDS.stream()
                .filter(name -> json.path(name).isObject())
                .findFirst()
                .orElseThrow(() -> new UnusableException(
                        "The input is not a subscription: expected an object with settings, as Segment's Public"
                                + " API returns it, found " + shortened(json)
                                + "."));
        Map<String, JsonNode> others = present(json);
        others.keySet().removeAll(List.of("name", "enabled", "trigger", settings));
        return new Subscription(
                json.path("name").asText().isBlank()
                        ? "Mapping"
                        : json.get("name").asText(),
                json.path("enabled").asBoolean(true),
                json.path("trigger").textValue(),
                present(json.get(settings)),
                others);
    }

    private static Map<String, JsonNode> present(JsonNode object) {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        object.properties().forEach(field -> {
            if (!field.getValue().isNull()) {
                fields.put(field.getKey(), field.getValue());
            }
        });
        return fields;
    }

    private static String shortened(JsonNode json) {
        String text = json.isMissingNode() ? "nothing" : json.toString();
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }
}
