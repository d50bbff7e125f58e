package io.github.ldaudiences.osgi;

import java.util.Collections;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.ManagedService;
import org.osgi.service.cm.ManagedServiceFactory;

/**
 * Runs a Camel context for each configuration of this bundle in Config Admin, and recreates it when the configuration
 * changes: for {@value #PID}, and for each factory configuration of that name, such as
 * {@code io.github.ldaudiences~eu}.
 */
public final class AudiencesActivator implements BundleActivator, ManagedServiceFactory {

    static final String PID = "io.github.ldaudiences";

    private final Map<String, AudiencesContext> contexts = new HashMap<>();
    private BundleContext bundle;

    @Override
    public synchronized void start(BundleContext started) {
        bundle = started;
        Dictionary<String, String> pid = FrameworkUtil.asDictionary(Map.of(Constants.SERVICE_PID, PID));
        started.registerService(ManagedServiceFactory.class, this, pid);
        started.registerService(ManagedService.class, configuration -> updated(PID, configuration), pid);
    }

    @Override
    public synchronized void stop(BundleContext stopped) {
        bundle = null;
        contexts.values().forEach(AudiencesContext::close);
        contexts.clear();
    }

    @Override
    public String getName() {
        return "LaunchDarkly Audiences";
    }

    @Override
    public synchronized void updated(String pid, Dictionary<String, ?> configuration) {
        deleted(pid);
        // Config Admin may still deliver a change to a bundle that has stopped.
        if (configuration != null && bundle != null) {
            AudiencesContext context = new AudiencesContext(bundle, pid);
            contexts.put(pid, context);
            context.start(properties(configuration));
        }
    }

    @Override
    public synchronized void deleted(String pid) {
        AudiencesContext context = contexts.remove(pid);
        if (context != null) {
            context.close();
        }
    }

    private static Properties properties(Dictionary<String, ?> configuration) {
        Properties properties = new Properties();
        for (String key : Collections.list(configuration.keys())) {
            properties.setProperty(key, configuration.get(key).toString());
        }
        return properties;
    }
}
