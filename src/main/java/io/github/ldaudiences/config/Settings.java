package io.github.ldaudiences.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.camel.util.URISupport;

/**
 * The values of all properties of the {@link Catalogue}, read and checked at start. A secret in a file can be reloaded,
 * so get its value each time it is used.
 */
public final class Settings {

    /** Prefix of the bundle's keys. */
    public static final String PREFIX = "audiences.";

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");

    private final Map<String, Object> values = new ConcurrentHashMap<>();
    private final List<SecretFile> secretFiles = new ArrayList<>();
    /** Cached: each search compares every key with every property, and every property of a mapping needs the result. */
    private final Map<String, Set<String>> idsByPrefix = new HashMap<>();

    private final Set<String> keys;

    private final Map<String, Object> kafkaClient = new HashMap<>();

    private final Map<String, Object> valueDeserializer = new HashMap<>();

    private final Map<String, String> setByEnvironment = new HashMap<>();

    private Settings(Set<String> keys) {
        this.keys = keys;
    }

    /**
     * Reads and checks every property.
     *
     * @param lookup finds the keys that are set, ignoring those of other software, and their values
     * @return the settings
     * @throws ConfigurationException naming each key that is unknown and each value that is not allowed
     */
    public static Settings read(PropertyLookup lookup) {
        Set<String> own = new TreeSet<>();
        lookup.keys().stream().filter(key -> key.startsWith(PREFIX)).forEach(own::add);
        Settings settings = new Settings(own);
        boolean kafkaClient = lookup.isAnySet(Catalogue.KAFKA_CLIENT);
        Set<String> kafkaNames = kafkaClient ? KafkaClientProperties.names() : Set.of();
        NameCheck names = new NameCheck(settings, kafkaNames);
        settings.setByEnvironment.putAll(names.setByEnvironment(lookup));
        List<String> problems = names.problems(lookup);
        if (kafkaClient) {
            settings.kafkaClient.putAll(KafkaClientProperties.read(lookup, problems));
        }
        settings.valueDeserializer.putAll(ValueDeserializerProperties.read(lookup, problems));
        for (Property<?> property : Catalogue.all()) {
            if (property.isPerInstance()) {
                settings.ids(property.prefix())
                        .forEach(id -> settings.read(property, property.key(id), lookup, problems));
            } else {
                settings.read(property, property.key(), lookup, problems);
            }
        }
        settings.addUseless(problems);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return settings;
    }

    private void addUseless(List<String> problems) {
        if (!valueDeserializer.isEmpty() && "".equals(value(Catalogue.KAFKA_VALUE_DESERIALIZER.key()))) {
            problems.add("Properties that begin with " + Catalogue.KAFKA_VALUE_DESERIALIZER_CONFIG
                    + " have no effect while " + Catalogue.KAFKA_VALUE_DESERIALIZER.key()
                    + " is empty.");
        }
    }

    private void read(Property<?> property, String key, PropertyLookup lookup, List<String> problems) {
        Optional<String> text = lookup.find(key, property.defaultValue());
        if (text.isEmpty()) {
            problems.add(key + " holds a placeholder whose property or variable is not set.");
            return;
        }
        String file = property.secret() ? lookup.find(Property.fileKey(key), "").orElse("") : "";
        if (!file.isBlank()) {
            readFile(property, key, file.strip(), text.get(), problems);
            return;
        }
        try {
            values.put(key, property.type().parser().apply(text.get().strip()));
        } catch (IllegalArgumentException e) {
            // A parser may give details in its message.
            String more =
                    e instanceof NumberFormatException || e.getMessage() == null ? "" : " (" + e.getMessage() + ")";
            String shown = property.secret() ? " has a value that" : "=" + URISupport.sanitizeUri(text.get());
            problems.add(key + shown + " is not allowed; allowed is " + property.allowed() + "." + more);
        }
    }

    private void readFile(Property<?> property, String key, String path, String text, List<String> problems) {
        if (!text.isBlank()) {
            problems.add(key + " and " + Property.fileKey(key) + " are both set; allowed is one of them.");
            return;
        }
        try {
            SecretFile file = new SecretFile(property, key, Path.of(path));
            readAgain(file);
            secretFiles.add(file);
        } catch (ConfigurationException e) {
            problems.addAll(e.problems());
        } catch (InvalidPathException e) {
            // The property that names the file is read as well, and reports this.
        }
    }

    /** @return the files that contain secrets */
    public List<SecretFile> secretFiles() {
        return Collections.unmodifiableList(secretFiles);
    }

    /**
     * Reloads the value of a secret from its file.
     *
     * @param file one of {@link #secretFiles()}
     * @throws ConfigurationException if it cannot be used; then the old value is kept
     */
    public void readAgain(SecretFile file) {
        values.put(file.secretKey(), file.read());
    }

    /**
     * @param property a property that exists once
     * @param <T> its type
     * @return its value
     */
    public <T> T get(Property<T> property) {
        return value(property.key());
    }

    /**
     * @param property a property that each mapping or destination has
     * @param id the mapping or destination
     * @param <T> its type
     * @return its value
     */
    public <T> T get(Property<T> property, String id) {
        return value(property.key(id));
    }

    /**
     * @param property a property that each mapping or destination has
     * @param id the mapping or destination
     * @return whether its value differs from the default
     */
    boolean isSet(Property<?> property, String id) {
        Object byDefault = property.type().parser().apply(property.defaultValue());
        return !byDefault.equals(value(property.key(id)));
    }

    @SuppressWarnings("unchecked") // safe: values.put and get both use the property's type
    private <T> T value(String key) {
        return (T) values.get(key);
    }

    /**
     * @return the configured properties of Kafka's own clients, by Kafka's names and as Kafka takes them; for the
     *     consumer, the producer or both
     */
    public Map<String, Object> kafkaClient() {
        return Collections.unmodifiableMap(kafkaClient);
    }

    /** @return the configuration of the deserializer of Kafka values, by its own names */
    public Map<String, Object> valueDeserializer() {
        return Collections.unmodifiableMap(valueDeserializer);
    }

    /** @return the properties that are set by environment variables, as written, secrets included */
    public Map<String, String> setByEnvironment() {
        return Collections.unmodifiableMap(setByEnvironment);
    }

    /** @return the names of the mappings that are configured */
    public Set<String> mappings() {
        return ids(Catalogue.MAPPING_ENABLED.prefix());
    }

    /** @return the names of the destinations that are configured */
    public Set<String> destinations() {
        return ids(Catalogue.DESTINATION_API_URL.prefix());
    }

    /**
     * @param prefix of properties that each mapping or destination has
     * @return the names of the mappings or destinations
     */
    Set<String> ids(String prefix) {
        return idsByPrefix.computeIfAbsent(prefix, this::findIds);
    }

    private Set<String> findIds(String prefix) {
        Set<String> ids = new LinkedHashSet<>();
        for (String key : keys) {
            for (Property<?> property : Catalogue.all()) {
                String id = property.isPerInstance() && property.prefix().equals(prefix) ? idIn(key, property) : null;
                if (id != null) {
                    ids.add(id);
                }
            }
        }
        return Collections.unmodifiableSet(ids);
    }

    /** @return the name of the mapping or destination in a key of this property, or null if it is not such a key */
    static String idIn(String key, Property<?> property) {
        if (!key.startsWith(property.prefix()) || !key.endsWith(property.suffix())) {
            return null;
        }
        int end = key.length() - property.suffix().length();
        if (end <= property.prefix().length()) {
            return null;
        }
        String id = key.substring(property.prefix().length(), end);
        return ID.matcher(id).matches() ? id : null;
    }
}
