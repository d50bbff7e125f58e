package io.github.ldaudiences.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The segments of the sandbox, with the people who are in and those who were removed. */
final class Segments {

    private record Key(String environmentId, String contextKind, String cohortId) implements Comparable<Key> {

        /** In LaunchDarkly a segment has one context kind, so another kind makes another segment. */
        String segmentKey() {
            return contextKind.equals("user") ? cohortId : cohortId + "-" + contextKind;
        }

        @Override
        public int compareTo(Key other) {
            int order = environmentId.compareTo(other.environmentId);
            order = order != 0 ? order : cohortId.compareTo(other.cohortId);
            return order != 0 ? order : contextKind.compareTo(other.contextKind);
        }
    }

    private static final class Segment {
        private final long created = System.currentTimeMillis();
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

    /**
     * @param part a part of context keys
     * @param most the maximum number of context keys in each list
     * @return each segment with such a context key, with the numbers of all its members and the first matching keys;
     *     every segment if the part is empty
     */
    synchronized ObjectNode some(String part, int most) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("segments");
        segments.forEach((key, segment) -> {
            ObjectNode json = head(key, segment);
            long included =
                    segment.members.values().stream().filter(member -> member).count();
            json.put("includedCount", included).put("excludedCount", segment.members.size() - included);
            boolean any = addSome(json.putArray("included"), segment, true, part, most);
            any |= addSome(json.putArray("excluded"), segment, false, part, most);
            if (any || part.isEmpty()) {
                list.add(json);
            }
        });
        return answer;
    }

    private static boolean addSome(ArrayNode list, Segment segment, boolean member, String part, int most) {
        segment.members.entrySet().stream()
                .filter(entry -> entry.getValue() == member && entry.getKey().contains(part))
                .limit(most)
                .forEach(entry -> list.add(entry.getKey()));
        return !list.isEmpty();
    }

    /** @return the segment with that id (the first if several environments or context kinds have it), or null */
    synchronized JsonNode one(String cohortId) {
        return segments.entrySet().stream()
                .filter(entry -> entry.getKey().cohortId().equals(cohortId))
                .findFirst()
                .map(entry -> json(entry.getKey(), entry.getValue()))
                .orElse(null);
    }

    /** @return the segments of an environment, in the form of LaunchDarkly's API */
    synchronized List<ObjectNode> of(String environmentId) {
        return segments.entrySet().stream()
                .filter(entry -> entry.getKey().environmentId().equals(environmentId))
                .map(entry -> listed(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** @return a segment of an environment, in the form of LaunchDarkly's API, or null */
    synchronized ObjectNode one(String environmentId, String segmentKey) {
        Key key = key(environmentId, segmentKey);
        return key == null ? null : listed(key, segments.get(key));
    }

    /**
     * @return whether a person is in a segment, in the form of LaunchDarkly's API, or null if there is no such segment
     */
    synchronized ObjectNode membership(String environmentId, String segmentKey, String contextKey) {
        Key key = key(environmentId, segmentKey);
        if (key == null) {
            return null;
        }
        Boolean member = segments.get(key).members.get(contextKey);
        return JsonNodeFactory.instance
                .objectNode()
                .put("userKey", contextKey)
                .put("included", Boolean.TRUE.equals(member))
                .put("excluded", false);
    }

    private Key key(String environmentId, String segmentKey) {
        return segments.keySet().stream()
                .filter(key -> key.environmentId().equals(environmentId)
                        && key.segmentKey().equals(segmentKey))
                .findFirst()
                .orElse(null);
    }

    private static ObjectNode listed(Key key, Segment segment) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("key", key.segmentKey());
        json.put("name", segment.name);
        json.putArray("tags");
        json.put("creationDate", segment.created);
        json.put("lastModifiedDate", segment.created);
        json.putArray("rules");
        json.put("version", 1);
        json.put("deleted", false);
        json.put("generation", 1);
        json.put("unbounded", true);
        json.put("unboundedContextKind", key.contextKind());
        long included =
                segment.members.values().stream().filter(member -> member).count();
        json.putObject("_unboundedMetadata").put("includedCount", included).put("excludedCount", 0);
        json.put("_external", "segment-audiences");
        json.putObject("_links");
        return json;
    }

    synchronized void clear() {
        segments.clear();
    }

    private static ObjectNode head(Key key, Segment segment) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("environmentId", key.environmentId());
        json.put("contextKind", key.contextKind());
        json.put("cohortId", key.cohortId());
        return json.put("cohortName", segment.name);
    }

    private static ObjectNode json(Key key, Segment segment) {
        ObjectNode json = head(key, segment);
        ArrayNode included = json.putArray("included");
        ArrayNode excluded = json.putArray("excluded");
        segment.members.forEach((contextKey, member) -> (member ? included : excluded).add(contextKey));
        return json;
    }
}
