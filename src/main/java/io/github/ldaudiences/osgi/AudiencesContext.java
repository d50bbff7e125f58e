package io.github.ldaudiences.osgi;

import io.github.ldaudiences.Audiences;
import io.github.ldaudiences.config.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.engine.DefaultManagementNameStrategy;
import org.apache.camel.karaf.core.OsgiDefaultCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.osgi.framework.BundleContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Camel context in an OSGi container, with the bundle and the routes from its jar. */
final class AudiencesContext implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AudiencesContext.class);

    private static final String NAME = "launchdarkly-audiences";

    /** The same name as in Camel Main. */
    private static final String SHUTDOWN_TIMEOUT = "camel.main.shutdownTimeout";

    private final BundleContext bundle;
    private final String pid;
    private final CamelContext context;

    AudiencesContext(BundleContext bundle, String pid) {
        this.bundle = bundle;
        this.pid = pid;
        this.context = new OsgiDefaultCamelContext(bundle);
    }

    /** Starts the context. If that fails, logs why and leaves nothing running. */
    void start(Properties properties) {
        try {
            install(properties);
        } catch (ConfigurationException e) {
            // Karaf's log joins a message into one line and truncates it, so each problem is a separate message.
            e.getMessage().lines().forEach(line -> LOG.error("{}: {}", pid, line.strip()));
            close();
        } catch (Exception e) {
            LOG.error("{}: The bundle could not be started. The next change of its configuration tries again.", pid, e);
            close();
        }
    }

    private void install(Properties properties) throws Exception {
        context.getCamelContextExtension().setName(name());
        // The same JMX names as standalone, without the OSGi bundle's name.
        context.setManagementNameStrategy(new DefaultManagementNameStrategy(context));
        context.getShutdownStrategy().setTimeout(shutdownTimeout(properties));
        context.getPropertiesComponent().setInitialProperties(properties);
        Audiences.install(context);
        PluginHelper.getRoutesLoader(context).loadRoutes(routes());
        context.start();
    }

    /** {@code launchdarkly-audiences}, or {@code launchdarkly-audiences-eu} for the factory configuration "eu". */
    private String name() {
        return pid.equals(AudiencesActivator.PID) ? NAME : NAME + "-" + pid.substring(pid.indexOf('~') + 1);
    }

    private static long shutdownTimeout(Properties properties) {
        String seconds = properties.getProperty(SHUTDOWN_TIMEOUT, "30");
        if (!seconds.matches("[1-9][0-9]{0,5}")) {
            throw new ConfigurationException(SHUTDOWN_TIMEOUT + "=" + seconds
                    + " is not allowed; allowed is a whole number of seconds from 1 to 999999.");
        }
        return Long.parseLong(seconds);
    }

    private List<Resource> routes() throws IOException {
        List<Resource> routes = new ArrayList<>();
        for (URL file : Collections.list(bundle.getBundle().findEntries("routes", "*.camel.yaml", false))) {
            try (InputStream content = file.openStream()) {
                routes.add(ResourceHelper.fromBytes(file.getPath(), content.readAllBytes()));
            }
        }
        return routes;
    }

    /** Stops as on SIGTERM standalone: accepted events are delivered. */
    @Override
    public void close() {
        context.stop();
    }
}
