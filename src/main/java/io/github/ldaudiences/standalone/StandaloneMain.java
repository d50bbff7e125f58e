package io.github.ldaudiences.standalone;

import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Settings;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.DefaultRoutesCollector;
import org.apache.camel.main.Main;
import org.apache.camel.spi.Resource;
import org.apache.camel.util.ObjectHelper;

/**
 * Camel Main with the properties and routes of the working folder. Without them it does not start, because Camel Main
 * would run and do nothing.
 */
public final class StandaloneMain extends Main {

    private boolean environmentIsOverridden;

    /** Creates it without starting anything. */
    public StandaloneMain() {
        setRoutesCollector(new RoutesOfFolder());
    }

    @Override
    protected CamelContext createCamelContext() {
        CamelContext context = super.createCamelContext();
        // Otherwise Camel looks for plugins with the JVM's own class loader, which is Maven's in camel:run.
        context.setApplicationContextClassLoader(StandaloneMain.class.getClassLoader());
        return context;
    }

    @Override
    protected void configurePropertiesService(CamelContext context) {
        setDefaultPropertyPlaceholderLocation(
                ConfigurationFiles.locations(configure().getProfile()));
        ConfigurationFiles.read(context.getPropertiesComponent(), () -> super.configurePropertiesService(context));
        if (environmentIsOverridden) {
            ((PropertiesComponent) context.getPropertiesComponent())
                    .setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_FALLBACK);
        }
    }

    /**
     * Sets properties with precedence over the environment and system properties, which Camel's override properties do
     * not have.
     *
     * @param settings the settings without these properties
     * @param properties the properties and their values
     */
    public void override(Settings settings, Map<String, String> properties) {
        environmentIsOverridden = true;
        settings.setByEnvironment().forEach(this::addOverrideProperty);
        properties.forEach((key, value) -> {
            System.clearProperty(key);
            addOverrideProperty(key, value);
        });
    }

    /** @return the options that Camel Main's own command line takes */
    public List<Option> options() {
        initOptions();
        return options;
    }

    /**
     * Runs until the process is told to stop.
     *
     * @param err where start-up errors are printed
     * @return the exit code: 2 if the configuration cannot be used, 1 if it cannot start for another reason
     */
    public int runToEnd(PrintStream err) {
        try {
            LogVariables.check(System.getenv());
            run();
            return getExitCode();
        } catch (ConfigurationException e) {
            err.println(e.getMessage());
            return 2;
        } catch (Exception e) {
            // If rethrown, it would not end the process, in which other threads may already be running.
            e.printStackTrace(err);
            return 1;
        }
    }

    /** Names the folder if it contains no routes. */
    private static final class RoutesOfFolder extends DefaultRoutesCollector {

        @Override
        public Collection<Resource> findRouteResourcesFromDirectory(
                CamelContext context, String excludePattern, String includePattern) {
            try {
                return super.findRouteResourcesFromDirectory(context, excludePattern, includePattern);
            } catch (RuntimeCamelException e) {
                if (ObjectHelper.getException(NoSuchFileException.class, e) == null) {
                    throw e;
                }
                throw new ConfigurationException(List.of(
                        "No routes were found: " + includePattern + ", in the folder "
                                + ConfigurationFiles.workingFolder() + ".",
                        ConfigurationFiles.whatToDo()));
            }
        }
    }
}
