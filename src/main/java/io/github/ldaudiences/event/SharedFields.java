package io.github.ldaudiences.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Fields that all events of a body share: the {@code context} and {@code integrations} of a batch object, and the type
 * that the source of the body provides.
 */
final class SharedFields {

    private static final String TYPE = "type";

    private record Field(String name, int from, int to) {}

    private final EventBody body;
    private final List<Field> fields = new ArrayList<>(2);
    private final ObjectNode read = EventJson.object();

    /** @param body the body that holds the events */
    SharedFields(EventBody body) {
        this.body = body;
        if (body.eventType() != null) {
            read.put(TYPE, body.eventType());
        }
    }

    /**
     * @param name of the field
     * @param from first byte of its value in the body
     * @param to first byte after the value
     * @param value the part of it that is read, or null
     */
    void add(String name, int from, int to, JsonNode value) {
        fields.add(new Field(name, from, to));
        if (value != null) {
            read.set(name, value);
        }
    }

    /** @param event an event with only the fields that are read; the same fields of these are added to it */
    void addReadTo(ObjectNode event) {
        share(read, event);
    }

    /** @param event a whole event, to which the whole fields are added */
    void addAllTo(ObjectNode event) {
        byte[] bytes = body.bytes();
        ObjectNode all = EventJson.object();
        if (body.eventType() != null) {
            all.put(TYPE, body.eventType());
        }
        fields.forEach(field -> all.set(field.name(), EventJson.parse(bytes, field.from(), field.to())));
        share(all, event);
    }

    /** The event's own fields win; null counts as missing. */
    private static void share(ObjectNode shared, ObjectNode event) {
        for (Map.Entry<String, JsonNode> field : shared.properties()) {
            JsonNode own = event.get(field.getKey());
            if (own == null || own.isNull()) {
                // Not copied, because an event is not changed after it has been read.
                event.set(field.getKey(), field.getValue());
            } else if (own instanceof ObjectNode ownObject && field.getValue() instanceof ObjectNode sharedObject) {
                share(sharedObject, ownObject);
            }
        }
    }
}
