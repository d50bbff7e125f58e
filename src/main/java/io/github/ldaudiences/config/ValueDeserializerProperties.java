package io.github.ldaudiences.config;

import io.github.ldaudiences.secret.Secret;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The configuration of the deserializer of record values, by its own names after {@link
 * Catalogue#KAFKA_VALUE_DESERIALIZER_CONFIG}. Only the deserializer knows which names and values are allowed.
 */
final class ValueDeserializerProperties {

    /** Names that end like this hold secrets. */
    private static final Pattern SECRET =
            Pattern.compile(".*(password|secret|token|credentials?|user\\.info|api[.-]?key|jaas\\.config)");

    private ValueDeserializerProperties() {}

    /** @return the keys that are set in files, by code or as system properties */
    static Set<String> keys(PropertyLookup lookup) {
        Set<String> keys = new TreeSet<>(lookup.keys());
        keys.addAll(lookup.systemKeys());
        keys.removeIf(key -> !key.startsWith(Catalogue.KAFKA_VALUE_DESERIALIZER_CONFIG));
        return keys;
    }

    /**
     * Reads the configured values.
     *
     * @param lookup finds the values
     * @param problems is given a sentence for each value that cannot be found
     * @return the values by the deserializer's names
     */
    static Map<String, Object> read(PropertyLookup lookup, List<String> problems) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (String key : keys(lookup)) {
            Optional<String> text = lookup.find(key, "");
            if (text.isEmpty()) {
                problems.add(key + " holds a placeholder whose property or variable is not set.");
            } else if (!text.get().isBlank()) {
                String name = key.substring(Catalogue.KAFKA_VALUE_DESERIALIZER_CONFIG.length());
                String value = text.get().strip();
                values.put(name, SECRET.matcher(name).matches() ? new Secret(value).reveal() : value);
            }
        }
        return values;
    }
}
