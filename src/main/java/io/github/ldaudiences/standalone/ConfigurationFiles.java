package io.github.ldaudiences.standalone;

import io.github.ldaudiences.command.client.BundleAddress;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.PropertyLookup;
import io.github.ldaudiences.config.Settings;
import java.io.FileNotFoundException;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.main.MainHelper;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.util.ObjectHelper;

/** Finds the properties of a bundle that runs in its own process. */
public final class ConfigurationFiles {

    private static final String PROPERTIES = "file:application.properties;optional=true";

    private ConfigurationFiles() {}

    /**
     * @param configuredProfile the profile to use if neither environment nor system property names one; may be null
     * @return where Camel finds the properties
     */
    public static String locations(String configuredProfile) {
        String profile =
                MainHelper.lookupPropertyFromSysOrEnv("camel.main.profile").orElse(configuredProfile);
        return profile == null ? PROPERTIES : "file:application-" + profile + ".properties;optional=true," + PROPERTIES;
    }

    /**
     * Reads the settings without starting anything. The Camel context is never started, so it need not be stopped.
     *
     * @return the settings
     * @throws ConfigurationException if there are none, or they cannot be used
     */
    public static Settings settings() {
        PropertiesComponent properties = new DefaultCamelContext().getPropertiesComponent();
        read(properties, () -> properties.setLocation(locations(null)));
        return Settings.read(new PropertyLookup(properties));
    }

    /**
     * Returns where the management server of a bundle with these properties listens.
     *
     * @return its URL
     * @throws ConfigurationException if there are no properties
     */
    public static String managementUrl() {
        PropertiesComponent properties = new DefaultCamelContext().getPropertiesComponent();
        read(properties, () -> properties.setLocation(locations(null)));
        boolean tls = properties
                .resolveProperty("camel.management.useGlobalSslContextParameters")
                .orElse("false")
                .equals("true");
        return BundleAddress.url(
                tls ? "https" : "http",
                properties.resolveProperty("camel.management.host").orElse("127.0.0.1"),
                properties.resolveProperty("camel.management.port").orElse("9876"));
    }

    /** Tells Camel where the properties are. */
    interface Locating {

        void locate() throws Exception;
    }

    /**
     * Reads the files, and checks that they contain properties of the bundle.
     *
     * @param properties Camel's properties
     * @param locating sets their locations
     * @throws ConfigurationException if there are none
     */
    public static void read(PropertiesComponent properties, Locating locating) {
        String problem;
        try {
            locating.locate();
            if (properties.loadProperties().stringPropertyNames().stream()
                    .anyMatch(key -> key.startsWith(Settings.PREFIX))) {
                return;
            }
            problem = String.join(", ", properties.getLocations());
        } catch (Exception e) {
            FileNotFoundException missing = ObjectHelper.getException(FileNotFoundException.class, e);
            if (missing == null) {
                throw RuntimeCamelException.wrapRuntimeException(e);
            }
            problem = missing.getMessage();
        }
        throw new ConfigurationException(List.of(
                "No properties of the bundle were found: " + problem + ", in the folder " + workingFolder() + ".",
                whatToDo()));
    }

    /** @return advice for a start in the wrong folder */
    public static String whatToDo() {
        return "Start the bundle in the folder that holds application.properties and routes/, or name both: java"
                + " -Dcamel.main.routesIncludePattern=file:<folder>/routes/*.camel.yaml -jar ..."
                + " run -propertiesLocation file:<folder>/application.properties";
    }

    /** @return the folder that relative names refer to */
    public static Path workingFolder() {
        return Path.of("").toAbsolutePath();
    }
}
