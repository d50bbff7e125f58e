package io.github.ldaudiences.benchmark;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the bundle is compared with: the same parsing, grouping and serialising in a loop, with no Camel, no receipts, no
 * checks, and nothing sent.
 */
final class PlainLoop {

    private record State(boolean member, long time) {}

    private static final JsonFactory JSON = new JsonFactory();

    private PlainLoop() {}

    /** @return CPU time of the one thread that runs the loop, in seconds */
    static double cpuSeconds(byte[][] bodies, int rounds) throws IOException {
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long written = loop(bodies, rounds);
        cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
        if (written == 0) {
            throw new IllegalStateException("The loop did nothing.");
        }
        return cpu / 1e9;
    }

    private static long loop(byte[][] bodies, int rounds) throws IOException {
        ObjectReader reader = new ObjectMapper().readerFor(JsonNode.class);
        Map<String, Map<String, State>> audiences = new HashMap<>();
        Map<String, String> keys = new HashMap<>();
        long written = 0;
        for (int round = 0; round < rounds; round++) {
            for (byte[] body : bodies) {
                JsonNode events = reader.readTree(body);
                for (JsonNode event : events) {
                    String type = event.path("type").asText();
                    JsonNode personas = event.path("context").path("personas");
                    if ((type.equals("identify") || type.equals("track"))
                            && personas.path("computation_class").asText().equals("audience")) {
                        String id = personas.path("computation_id").asText();
                        String key = personas.path("computation_key").asText();
                        JsonNode holder = event.has("properties") ? event.get("properties") : event.path("traits");
                        keys.put(id, key);
                        Map<String, State> members = audiences.computeIfAbsent(id, created -> new LinkedHashMap<>());
                        State state = new State(
                                holder.path(key).asBoolean(),
                                Instant.parse(event.path("timestamp").asText()).toEpochMilli());
                        members.merge(
                                event.path("userId").asText(),
                                state,
                                (before, after) -> after.time() >= before.time() ? after : before);
                        if (members.size() >= 1000) {
                            written += write(id, key, members);
                            audiences.remove(id);
                        }
                    }
                }
            }
        }
        for (Map.Entry<String, Map<String, State>> audience : audiences.entrySet()) {
            written += write(audience.getKey(), keys.get(audience.getKey()), audience.getValue());
        }
        return written;
    }

    private static int write(String id, String key, Map<String, State> members) throws IOException {
        String name = Character.toUpperCase(key.charAt(0)) + key.substring(1).replace('_', ' ');
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(members.size() * 130);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("environmentId", "benchmark");
            json.writeStringField("contextKind", "user");
            json.writeArrayFieldStart("batch");
            for (Map.Entry<String, State> member : members.entrySet()) {
                json.writeStartObject();
                json.writeStringField("userId", member.getKey());
                json.writeStringField("cohortName", name);
                json.writeStringField("cohortId", id);
                json.writeBooleanField("value", member.getValue().member());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return bytes.size();
    }
}
