package io.github.ldaudiences.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.event.Concealed;
import io.github.ldaudiences.mapping.EventPath;
import java.util.List;
import java.util.Set;

/** Says what a dead letter does not show of its event: values at configured paths, and context keys. */
public final class PersonalData {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final List<EventPath> redacted;
    private final List<EventPath> contextKeys;
    private final KeyHash hash;

    /**
     * @param redacted the values that are left out
     * @param contextKeys the values that are hashed
     * @param hash hashes them, or null to show them
     */
    public PersonalData(List<EventPath> redacted, List<EventPath> contextKeys, KeyHash hash) {
        this.redacted = redacted;
        this.contextKeys = contextKeys;
        this.hash = hash;
    }

    /**
     * @param contextKey a person, as LaunchDarkly knows them
     * @return how letters may name them: by the key, or by its hash if keys are hashed now
     */
    public Set<String> formsOf(String contextKey) {
        return hash == null ? Set.of(contextKey) : Set.of(contextKey, hash.of(contextKey));
    }

    /** @return whether everything is shown, so that nothing need be looked for */
    boolean isShown() {
        return redacted.isEmpty() && hash == null;
    }

    /**
     * @param event an event, which is changed; null if it could not be read as one
     * @return what it had, for the sentences about it
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
            // Of a letter that was replayed the hash stays the same.
            String key = value.isBigDecimal() ? value.decimalValue().toPlainString() : value.asText();
            String hashed = hash.of(key);
            texts.add(value, hashed);
            return NODES.textNode(hashed);
        }
        return value;
    }

    private static JsonNode redacted(JsonNode value, ConcealedTexts texts) {
        if (value.isNull()) {
            return value; // says nothing about anybody
        }
        texts.add(value, Concealed.REDACTED);
        return NODES.textNode(Concealed.REDACTED);
    }
}
