package io.github.ldaudiences.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.event.Concealed;
import io.github.ldaudiences.mapping.EventPath;
import java.util.List;
import java.util.Set;

/** Conceals parts of an event in its dead letter: values at configured paths, and context keys. */
public final class PersonalData {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final List<EventPath> redacted;
    private final List<EventPath> contextKeys;
    private final KeyHash hash;

    /**
     * @param redacted the paths of values that are removed
     * @param contextKeys the paths of values that are hashed
     * @param hash hashes them, or null to show them
     */
    public PersonalData(List<EventPath> redacted, List<EventPath> contextKeys, KeyHash hash) {
        this.redacted = redacted;
        this.contextKeys = contextKeys;
        this.hash = hash;
    }

    /**
     * @param contextKey a person, as LaunchDarkly knows them
     * @return the names that letters may use: the key, and its hash if keys are hashed now
     */
    public Set<String> formsOf(String contextKey) {
        return hash == null ? Set.of(contextKey) : Set.of(contextKey, hash.of(contextKey));
    }

    /** @return whether nothing is concealed, so that nothing has to be looked for */
    boolean isShown() {
        return redacted.isEmpty() && hash == null;
    }

    /**
     * @param event an event, which is changed; null if it could not be read
     * @return the concealed values, to remove them from sentences about the event
     */
    ConcealedTexts conceal(ObjectNode event) {
        ConcealedTexts texts = new ConcealedTexts();
        if (event == null) {
            return texts;
        }
        if (hash != null) {
            contextKeys.forEach(path -> path.replaceIn(event, value -> hashed(value, texts)));
        }
        for (EventPath path : redacted) {
            path.replaceIn(event, value -> redacted(value, texts));
        }
        return texts;
    }

    private JsonNode hashed(JsonNode value, ConcealedTexts texts) {
        if (value instanceof ObjectNode object) {
            object.properties().forEach(field -> field.setValue(hashed(field.getValue(), texts)));
        } else if (value instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, hashed(array.get(i), texts));
            }
        } else if (!value.asText().isEmpty() && !value.isNull() && !Concealed.is(value)) {
            // The hash in a replayed letter stays the same.
            String key = value.isBigDecimal() ? value.decimalValue().toPlainString() : value.asText();
            String hashed = hash.of(key);
            texts.add(value, hashed);
            return NODES.textNode(hashed);
        }
        return value;
    }

    private static JsonNode redacted(JsonNode value, ConcealedTexts texts) {
        if (value.isNull()) {
            return value; // says nothing about a person
        }
        texts.add(value, Concealed.REDACTED);
        return NODES.textNode(Concealed.REDACTED);
    }
}
