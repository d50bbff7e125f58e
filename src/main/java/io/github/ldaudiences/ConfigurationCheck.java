package io.github.ldaudiences;

import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Destinations;
import io.github.ldaudiences.config.InboundTls;
import io.github.ldaudiences.config.KafkaTls;
import io.github.ldaudiences.config.Mappings;
import io.github.ldaudiences.config.OutboundProxy;
import io.github.ldaudiences.config.OutboundTls;
import io.github.ldaudiences.config.Settings;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;

/** Finds, without a start, the problems in the settings that would make a start fail. */
public final class ConfigurationCheck {

    private ConfigurationCheck() {}

    /**
     * @param context a context that need not be started
     * @param settings all settings
     * @return a sentence for each problem, for all parts of the bundle
     */
    public static List<String> problems(CamelContext context, Settings settings) {
        Set<String> problems = new LinkedHashSet<>(); // parts may use the same properties
        List<Runnable> parts = List.of(
                () -> Audiences.check(settings),
                () -> Mappings.of(settings),
                () -> new Destinations(settings),
                () -> OutboundProxy.of(settings, System.getenv()),
                () -> OutboundTls.of(settings),
                () -> InboundTls.of(settings),
                () -> {
                    if (KafkaInstaller.isNeeded(settings)) {
                        KafkaTls.clientProperties(settings);
                        new KafkaInstaller(new Installation(context, settings)).checkValueDeserializer();
                    }
                });
        for (Runnable part : parts) {
            try {
                part.run();
            } catch (ConfigurationException e) {
                problems.addAll(e.problems());
            }
        }
        return List.copyOf(problems);
    }

    /**
     * @param context a context that need not be started; this sets up its Kafka component
     * @param settings all settings
     * @param uri a Kafka endpoint
     * @return the endpoint's configuration
     */
    public static KafkaConfiguration kafka(CamelContext context, Settings settings, String uri) {
        new KafkaInstaller(new Installation(context, settings)).configureComponent();
        return context.getEndpoint(uri, KafkaEndpoint.class).getConfiguration();
    }
}
