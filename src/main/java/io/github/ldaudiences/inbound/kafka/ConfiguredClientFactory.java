package io.github.ldaudiences.inbound.kafka;

import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Adds the configured properties of Kafka's own clients to the clients of Camel's Kafka component. They are not added
 * to the endpoints, because Camel would look for references in their values and would show them with the endpoints.
 */
public class ConfiguredClientFactory extends DefaultKafkaClientFactory {

    private final Map<String, Object> configured;

    /** @param configured properties of consumers and producers, which override those of an endpoint */
    public ConfiguredClientFactory(Map<String, Object> configured) {
        this.configured = configured;
    }

    @Override
    @SuppressWarnings("rawtypes") // raw types as in Camel
    public Producer getProducer(Properties properties) {
        return super.getProducer(withConfigured(properties, ProducerConfig.configNames()));
    }

    /**
     * @param properties the properties of an endpoint
     * @param names the properties that the client knows
     * @return the endpoint's and the configured properties, as a new object
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
