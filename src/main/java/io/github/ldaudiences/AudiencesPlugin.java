package io.github.ldaudiences;

import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.ContextServicePlugin;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * Installs the bundle in each Camel context whose properties mention it, in any runtime. Camel finds this class on the
 * classpath.
 */
public final class AudiencesPlugin implements ContextServicePlugin {

    private static final String MICROMETER = "io.micrometer.core.instrument.MeterRegistry";
    private static final String PROMETHEUS = "io.micrometer.prometheusmetrics.PrometheusMeterRegistry";

    @Override
    public void load(CamelContext context) {
        // Wait: some runtimes add the properties only now, and Camel would only log an exception thrown here, and
        // start.
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            private boolean hasMeters;

            @Override
            public void onContextInitializing(CamelContext initializing) {
                if (initializing.hasService(Audiences.class) != null) {
                    return;
                }
                if (isMeant(initializing)) {
                    Audiences.install(initializing);
                } else if (RequiredRoutes.anyIn(initializing)) {
                    throw new ConfigurationException(
                            List.of("The Camel context has routes of the bundle, but no property whose name begins"
                                    + " with " + Settings.PREFIX
                                    + ": application.properties, or the file that replaces it,"
                                    + " was not read."));
                }
            }

            @Override
            public void onContextStarted(CamelContext started) {
                Audiences audiences = started.hasService(Audiences.class);
                // Only once: a context that is started again keeps its meters.
                if (audiences != null && !hasMeters && has(MICROMETER, started)) {
                    hasMeters = true;
                    Meters.bind(audiences, started);
                }
            }
        });
    }

    /** Another application may have this jar on its class path only for the Kamelet. */
    private static boolean isMeant(CamelContext context) {
        return context.getPropertiesComponent().loadProperties().stringPropertyNames().stream()
                .anyMatch(key -> key.startsWith(Settings.PREFIX));
    }

    private static boolean has(String className, CamelContext context) {
        return context.getClassResolver().resolveClass(className) != null;
    }

    /** A separate class, because Micrometer may not be on the class path. */
    private static final class Meters {

        static void bind(Audiences audiences, CamelContext context) {
            MeterRegistry registry = context.getRegistry().findSingleByType(MeterRegistry.class);
            if (registry != null) {
                audiences.meters().bindTo(registry);
                if (has(PROMETHEUS, context)) {
                    audiences.prometheusMeters().bindTo(registry);
                }
            }
        }
    }
}
