package io.github.ldaudiences.config;

import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.camel.spi.PropertiesComponent;

/** Finds the text of properties as Camel does: environment, system properties, files, then the default. */
public final class PropertyLookup {

    private final PropertiesComponent component;
    private final Properties files;

    /** @param component Camel's properties, to which the defaults of what is not set are added, for the routes */
    public PropertyLookup(PropertiesComponent component) {
        this.component = component;
        addDefaults(component);
        this.files = component.loadProperties();
    }

    private static void addDefaults(PropertiesComponent component) {
        Set<String> set = component.loadProperties().stringPropertyNames();
        for (Property<?> property : Catalogue.all()) {
            if (!property.isPerInstance() && !set.contains(property.key())) {
                component.addInitialProperty(property.key(), property.defaultValue());
            }
        }
    }

    /** @return the keys that are set in files or by code */
    Set<String> keys() {
        return files.stringPropertyNames();
    }

    /**
     * @param key a property's key
     * @param defaultValue its text where nothing is set
     * @return its text with placeholders resolved, or empty if one of them stands for nothing
     */
    Optional<String> find(String key, String defaultValue) {
        String written = asWritten(key);
        if (written == null) {
            written = defaultValue;
        }
        // Braces of JSON are not braces of placeholders, but look the same to Camel.
        boolean json = written.startsWith("{") && !written.startsWith("{{");
        return json ? Optional.of(written) : resolve(written);
    }

    private String asWritten(String key) {
        String variable = key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
        String text = System.getenv(variable);
        if (text == null) {
            text = System.getProperty(key, files.getProperty(key));
        }
        return text == null ? null : text.strip();
    }

    private Optional<String> resolve(String written) {
        if (!written.contains("{{")) {
            return Optional.of(written);
        }
        try {
            return Optional.ofNullable(component.parseUri(written));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
