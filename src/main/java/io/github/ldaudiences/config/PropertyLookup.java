package io.github.ldaudiences.config;

import static org.apache.camel.component.properties.PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_OVERRIDE;
import static org.apache.camel.component.properties.PropertiesComponent.SYSTEM_PROPERTIES_MODE_NEVER;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.spi.PropertiesComponent;

/**
 * Finds the text of properties in Camel's order: environment, system properties, files, then the default. If the
 * context's properties component ignores the environment or system properties, so does this class.
 */
public final class PropertyLookup {

    private final PropertiesComponent component;
    private final Map<String, String> environment;
    private final Properties system;
    private final Properties files;

    /** @param component Camel's properties; the defaults of unset properties are added to it, for the routes */
    public PropertyLookup(PropertiesComponent component) {
        this(
                component,
                usesEnvironment(component) ? System.getenv() : Map.of(),
                usesSystemProperties(component) ? System.getProperties() : new Properties());
    }

    PropertyLookup(PropertiesComponent component, Map<String, String> environment, Properties system) {
        this.component = component;
        this.environment = environment;
        this.system = system;
        addDefaults(component);
        this.files = component.loadProperties();
    }

    private static boolean usesEnvironment(PropertiesComponent component) {
        return !(component instanceof org.apache.camel.component.properties.PropertiesComponent camel)
                // As a fallback, environment variables would never be used: each property has a default.
                || camel.getEnvironmentVariableMode() == ENVIRONMENT_VARIABLES_MODE_OVERRIDE;
    }

    private static boolean usesSystemProperties(PropertiesComponent component) {
        return !(component instanceof org.apache.camel.component.properties.PropertiesComponent camel)
                || camel.getSystemPropertiesMode() != SYSTEM_PROPERTIES_MODE_NEVER;
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

    /** @return the values that are set in files or by code, as written */
    Collection<String> values() {
        return files.stringPropertyNames().stream().map(files::getProperty).toList();
    }

    /** @return the keys of system properties */
    Set<String> systemKeys() {
        return system.stringPropertyNames();
    }

    /** @return whether any key with this prefix is set, by whatever means */
    boolean isAnySet(String prefix) {
        return Stream.of(files.stringPropertyNames(), system.stringPropertyNames(), environment.keySet())
                .flatMap(Set::stream)
                .anyMatch(name -> name.startsWith(prefix) || name.startsWith(variable(prefix)));
    }

    /** @return the environment variables */
    Map<String, String> environment() {
        return environment;
    }

    /** @return the name of the environment variable that sets a property */
    static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /**
     * @param key a property's key
     * @param defaultValue its text if it is not set
     * @return its text with placeholders resolved, or empty if a placeholder cannot be resolved
     */
    Optional<String> find(String key, String defaultValue) {
        String written = asWritten(key);
        if (written == null) {
            written = defaultValue;
        }
        // To Camel, the braces of JSON look like those of placeholders.
        boolean json = written.startsWith("{") && !written.startsWith("{{");
        return json ? Optional.of(written) : resolve(written);
    }

    private String asWritten(String key) {
        String text = environment.get(variable(key));
        if (text == null) {
            text = system.getProperty(key, files.getProperty(key));
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
