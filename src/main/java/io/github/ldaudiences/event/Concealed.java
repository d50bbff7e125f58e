package io.github.ldaudiences.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/** Placeholders in a dead letter for values that must not be kept. */
public final class Concealed {

    /** Replaces a value that must never be shown. */
    public static final String REDACTED = "[redacted]";

    /** Prefix of a hash that replaces a context key; 64 hexadecimal digits follow. */
    public static final String HASH_PREFIX = "hmac-sha256:";

    private static final Pattern HASH = Pattern.compile(HASH_PREFIX + "[0-9a-f]{64}");

    private Concealed() {}

    /**
     * @param value a value of an event, or null
     * @return whether it is a placeholder
     */
    public static boolean is(JsonNode value) {
        return value != null
                && value.isTextual()
                && (value.textValue().equals(REDACTED)
                        || HASH.matcher(value.textValue()).matches());
    }

    /**
     * @param value a value of an event, or null
     * @return whether it is or contains a placeholder
     */
    public static boolean in(JsonNode value) {
        if (value == null || !value.isContainerNode()) {
            return is(value);
        }
        for (JsonNode each : value) {
            if (in(each)) {
                return true;
            }
        }
        return false;
    }
}
