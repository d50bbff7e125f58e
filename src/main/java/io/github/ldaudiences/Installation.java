package io.github.ldaudiences;

import io.github.ldaudiences.config.Property;
import io.github.ldaudiences.config.Settings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * What each installer works with.
 *
 * @param context the context in which the bundle is installed
 * @param settings the settings of that context
 */
record Installation(CamelContext context, Settings settings) {

    /** Binds a bean to the name that the routes use. */
    void bind(String name, Object bean) {
        context.getRegistry().bind(name, bean);
    }

    /** Adds a thread pool with an unbounded queue: the backlog limits the work. */
    void threadPool(String id, int threads) {
        ThreadPoolProfile profile = new ThreadPoolProfile(id);
        profile.setPoolSize(threads);
        profile.setMaxPoolSize(threads);
        profile.setAllowCoreThreadTimeOut(true);
        // Not -1: for Camel that means no queue, and the caller's thread would do the work.
        profile.setMaxQueueSize(Integer.MAX_VALUE);
        context.getExecutorServiceManager().registerThreadPoolProfile(profile);
    }

    /**
     * Creates a timer that takes any number of tasks: the backlog limits the work. Camel's own timers refuse more than
     * 1,000, and as many audiences may wait at the same time.
     */
    ScheduledExecutorService timer(Object source, String name, int threads) {
        ThreadPoolProfile profile = new ThreadPoolProfile(name);
        profile.setPoolSize(threads);
        profile.setMaxPoolSize(threads);
        profile.setMaxQueueSize(Integer.MAX_VALUE);
        return context.getExecutorServiceManager().newScheduledThreadPool(source, name, profile);
    }

    /** Registers health checks once the context has started, because some runtimes add their registry only then. */
    void healthChecks(List<? extends HealthCheck> checks) {
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextStarted(CamelContext started) {
                HealthCheckRegistry health = HealthCheckRegistry.get(started);
                if (health != null) {
                    checks.forEach(health::register);
                }
            }
        });
    }

    Duration millis(Property<Long> property) {
        return Duration.ofMillis(settings.get(property));
    }

    int intValue(Property<Long> property) {
        return Math.toIntExact(settings.get(property));
    }
}
