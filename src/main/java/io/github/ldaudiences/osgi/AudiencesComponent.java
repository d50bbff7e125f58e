package io.github.ldaudiences.osgi;

import io.github.ldaudiences.Audiences;
import io.github.ldaudiences.config.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.engine.DefaultManagementNameStrategy;
import org.apache.camel.karaf.core.OsgiDefaultCamelContext;
import org.apache.camel.spi.LanguageResolver;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the bundle in an OSGi container: one Camel context for each configuration, made anew when that changes. The
 * configuration {@code io.github.ldaudiences} has the properties of {@code application.properties}; factory
 * configurations of that name, {@code io.github.ldaudiences~eu}, make a context each.
 */
@Component(
        configurationPid = "io.github.ldaudiences",
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        // Camel registers the languages of a bundle some time after its start; this one's is the last to come.
        reference = @Reference(name = "fql", service = LanguageResolver.class, target = "(language=fql)"))
public final class AudiencesComponent {

    private static final Logger LOG = LoggerFactory.getLogger(AudiencesComponent.class);

    /** Camel Main's name for it, so that it is the same here. */
    private static final String SHUTDOWN_TIMEOUT = "camel.main.shutdownTimeout";

    private static final String NAME = "launchdarkly-audiences";

    private CamelContext context;

    /**
     * Starts a Camel context with the bundle in it. A configuration that cannot be used is logged, and nothing runs
     * until it is changed.
     *
     * @param bundle this bundle
     * @param configuration the configuration's properties
     */
    @Activate
    void activate(BundleContext bundle, Map<String, ?> configuration) {
        String pid = configuration.get(Constants.SERVICE_PID).toString();
        Properties properties = new Properties();
        configuration.forEach((key, value) -> {
            if (value instanceof String) {
                properties.put(key, value);
            }
        });
        context = new OsgiDefaultCamelContext(bundle);
        try {
            start(bundle, contextName(pid), properties);
        } catch (ConfigurationException e) {
            // Karaf's log puts a message on one line and cuts it: a message for each problem, then.
            e.getMessage().lines().forEach(line -> LOG.error("{}: {}", pid, line.strip()));
            close();
        } catch (Exception e) {
            LOG.error("{}: The bundle could not be started; the next change of its configuration tries again.", pid, e);
            close();
        }
    }

    private void start(BundleContext bundle, String name, Properties properties) throws Exception {
        context.getCamelContextExtension().setName(name);
        // Names in JMX as they are standalone, without the bundle's.
        context.setManagementNameStrategy(new DefaultManagementNameStrategy(context));
        context.getShutdownStrategy().setTimeout(shutdownTimeout(properties));
        context.getPropertiesComponent().setInitialProperties(properties);
        Audiences.install(context);
        PluginHelper.getRoutesLoader(context).loadRoutes(routes(bundle));
        context.start();
    }

    /** Stops the context, as SIGTERM does standalone: what has been taken is delivered. */
    @Deactivate
    void close() {
        if (context != null) {
            context.stop();
            context = null;
        }
    }

    /** {@code launchdarkly-audiences}, or {@code launchdarkly-audiences-eu} for the factory configuration "eu". */
    private static String contextName(String pid) {
        int factory = pid.indexOf('~');
        return factory < 0 ? NAME : NAME + "-" + pid.substring(factory + 1);
    }

    private static long shutdownTimeout(Properties properties) {
        String seconds = properties.getProperty(SHUTDOWN_TIMEOUT, "30");
        if (!seconds.matches("[1-9][0-9]{0,5}")) {
            throw new ConfigurationException(List.of(
                    SHUTDOWN_TIMEOUT + "=" + seconds + " is not allowed; allowed is a number of seconds from 1."));
        }
        return Long.parseLong(seconds);
    }

    private static List<Resource> routes(BundleContext bundle) throws IOException {
        List<Resource> routes = new ArrayList<>();
        for (URL file : Collections.list(bundle.getBundle().findEntries("routes", "*.camel.yaml", false))) {
            try (InputStream content = file.openStream()) {
                routes.add(ResourceHelper.fromBytes("routes" + file.getPath(), content.readAllBytes()));
            }
        }
        return routes;
    }
}
