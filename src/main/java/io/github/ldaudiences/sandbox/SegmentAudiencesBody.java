package io.github.ldaudiences.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.ldaudiences.problem.JsonProblem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A request to {@code segment-targets/segment-audiences}, parsed as strictly as LaunchDarkly does. */
record SegmentAudiencesBody(String environmentId, String contextKind, List<Entry> batch) {

    record Entry(String userId, String cohortName, String cohortId, boolean value) {}

    /** The body is rejected; the message is what LaunchDarkly would answer. */
    static final class InvalidBodyException extends Exception {

        private static final long serialVersionUID = 1L;

        InvalidBodyException(String message) {
            super(message);
        }
    }

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static SegmentAudiencesBody read(byte[] body) throws InvalidBodyException, IOException {
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new InvalidBodyException("could not parse the request body: " + JsonProblem.of(e));
        }
        if (json == null || !json.isObject()) {
            throw new InvalidBodyException("the request body must be a JSON object");
        }
        JsonNode batch = json.get("batch");
        if (batch == null || !batch.isArray() || batch.isEmpty()) {
            throw new InvalidBodyException("batch must be an array with at least one member");
        }
        List<Entry> entries = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            JsonNode entry = batch.get(i);
            String at = "batch[" + i + "].";
            JsonNode value = entry.get("value");
            if (value == null || !value.isBoolean()) {
                throw new InvalidBodyException(at + "value must be a boolean");
            }
            entries.add(new Entry(
                    text(entry, at, "userId"),
                    text(entry, at, "cohortName"),
                    text(entry, at, "cohortId"),
                    value.booleanValue()));
        }
        return new SegmentAudiencesBody(text(json, "", "environmentId"), text(json, "", "contextKind"), entries);
    }

    private static String text(JsonNode holder, String at, String name) throws InvalidBodyException {
        JsonNode value = holder.get(name);
        if (value == null || !value.isTextual() || value.textValue().isEmpty()) {
            throw new InvalidBodyException(at + name + " must be a string that is not empty");
        }
        return value.textValue();
    }
}
