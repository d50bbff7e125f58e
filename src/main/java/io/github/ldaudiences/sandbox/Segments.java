package io.github.ldaudiences.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** The segments that the sandbox keeps: who is in, and who has been taken out. */
final class Segments {

    private record Key(String environmentId, String contextKind, String cohortId) implements Comparable<Key> {

        @Override
        public int compareTo(Key other) {
            int order = environmentId.compareTo(other.environmentId);
            order = order != 0 ? order : cohortId.compareTo(other.cohortId);
            return order != 0 ? order : contextKind.compareTo(other.contextKind);
        }
    }

    private static final class Segment {
        private String name;
        private final Map<String, Boolean> members = new TreeMap<>();
    }

    private final Map<Key, Segment> segments = new TreeMap<>();

    synchronized void apply(SegmentAudiencesBody body) {
        for (SegmentAudiencesBody.Entry entry : body.batch()) {
            Key key = new Key(body.environmentId(), body.contextKind(), entry.cohortId());
            Segment segment = segments.computeIfAbsent(key, created -> new Segment());
            segment.name = entry.cohortName();
            segment.members.put(entry.userId(), entry.value());
        }
    }

    synchronized ObjectNode all() {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("segments");
        segments.forEach((key, segment) -> list.add(json(key, segment)));
        return answer;
    }

    /** @return the segment with that id, the first if several environments or context kinds have it, or null */
    synchronized JsonNode one(String cohortId) {
        return segments.entrySet().stream()
                .filter(entry -> entry.getKey().cohortId().equals(cohortId))
                .findFirst()
                .map(entry -> json(entry.getKey(), entry.getValue()))
                .orElse(null);
    }

    synchronized void clear() {
        segments.clear();
    }

    private static ObjectNode json(Key key, Segment segment) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("environmentId", key.environmentId());
        json.put("contextKind", key.contextKind());
        json.put("cohortId", key.cohortId());
        json.put("cohortName", segment.name);
        ArrayNode included = json.putArray("included");
        ArrayNode excluded = json.putArray("excluded");
        segment.members.forEach((contextKey, member) -> (member ? included : excluded).add(contextKey));
        return json;
    }
}
