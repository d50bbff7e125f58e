package io.github.ldaudiences.kafka;

import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Gives Camel's Kafka component clients that have the properties of Kafka's own that are configured. Here, and not among
 * those of an endpoint: Camel would look for references in their values, and they would be in what it shows of endpoints.
 */
public class ConfiguredClientFactory extends DefaultKafkaClientFactory {

    private final Map<String, Object> configured;

    /** @param configured properties of consumers and producers, which go over those of an endpoint */
    public ConfiguredClientFactory(Map<String, Object> configured) {
        this.configured = configured;
    }

    @Override
    @SuppressWarnings("rawtypes") // as Camel has it
    public Producer getProducer(Properties properties) {
        return super.getProducer(withConfigured(properties, ProducerConfig.configNames()));
    }

    /**
     * @param properties those of an endpoint
     * @param names those that the client knows
     * @return both those and the configured ones, in properties of their own
     */
    final Properties withConfigured(Properties properties, Set<String> names) {
        Properties all = new Properties();
        all.putAll(properties);
        configured.forEach((name, value) -> {
            if (names.contains(name)) {
                all.put(name, value);
            }
        });
        return all;
    }
}
