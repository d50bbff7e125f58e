package io.github.ldaudiences.config;

import java.util.Map;
import java.util.Properties;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.PropertiesComponent;

/** Settings as they are read from each place that they can be set in. */
final class ConfiguredSettings {

    private ConfiguredSettings() {}

    /** Reads variables, system properties, and properties of files, which are pairs of key and value. */
    static Settings read(Map<String, String> environment, Map<String, String> system, String... pairs) {
        Properties properties = new Properties();
        for (int i = 0; i < pairs.length; i += 2) {
            properties.setProperty(pairs[i], pairs[i + 1]);
        }
        Properties systemProperties = new Properties();
        systemProperties.putAll(system);
        PropertiesComponent component = new DefaultCamelContext().getPropertiesComponent();
        component.setOverrideProperties(properties);
        return Settings.read(new PropertyLookup(component, environment, systemProperties));
    }
}
