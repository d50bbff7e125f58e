package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An object without nested objects: Segment's {@code @flatten}. Each field is named by its path. An absent value
 * becomes the empty object. A value that is not an object becomes a field with the empty name.
 *
 * @param value the object, or array
 * @param separator the separator between the names of a path; not empty
 * @param omitArrays whether arrays are left unchanged
 */
record FlattenedValue(MappingValue value, String separator, boolean omitArrays) implements MappingValue {

    /**
     * Longer than the name of any field that is looked for. Without a limit, names that grow with each level could turn
     * a small event into megabytes.
     */
    private static final int MAX_NAME_LENGTH = 500;

    @Override
    public JsonNode in(JsonNode event) {
        JsonNode found = value.in(event);
        ObjectNode flat = MappingJson.object();
        if (found == null) {
            return flat;
        }
        if (isFlattened(found)) {
            flatten("", found, flat);
        } else {
            flat.set("", found);
        }
        return flat;
    }

    @Override
    public Stream<List<String>> places() {
        return value.places();
    }

    @Override
    public String from(JsonNode event) {
        return value.from(event) + ", flattened";
    }

    private void flatten(String prefix, JsonNode container, ObjectNode flat) {
        if (container.isArray()) {
            for (int i = 0; i < container.size(); i++) {
                add(prefix + i, container.get(i), flat);
            }
        } else {
            for (Map.Entry<String, JsonNode> field : container.properties()) {
                add(prefix + field.getKey(), field.getValue(), flat);
            }
        }
    }

    /** The separator lengthens each name, so the limit on names also limits depth. */
    private void add(String name, JsonNode child, ObjectNode flat) {
        if (name.length() > MAX_NAME_LENGTH) {
            return;
        }
        if (isFlattened(child)) {
            flatten(name + separator, child, flat);
        } else {
            flat.set(name, child);
        }
    }

    private boolean isFlattened(JsonNode node) {
        return node.isObject() || (node.isArray() && !omitArrays);
    }
}
