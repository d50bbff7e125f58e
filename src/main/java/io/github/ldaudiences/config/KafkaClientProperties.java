package io.github.ldaudiences.config;

import io.github.ldaudiences.secret.Secret;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.util.URISupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/**
 * The properties of Kafka's consumer and producer, by Kafka's own names after {@link Catalogue#KAFKA_CLIENT}. Kafka
 * defines which properties and values are allowed. Properties that would break the guarantees, or that the bundle has a
 * property for, are refused.
 *
 * <p>Use this class only if such a property is set: without Kafka, the bundle may run without Kafka's classes.
 */
final class KafkaClientProperties {

    private static final String IN_BYTES = "records hold bytes, which the bundle reads as JSON";
    private static final String WHEN_SETTLED =
            "an offset is committed when LaunchDarkly or the dead letter has every event before it";
    private static final String COOPERATIVE =
            "partitions change hands by Kafka's classic protocol and its cooperative assignor";

    /** Why a property is refused, and what to use instead. */
    private static final Map<String, String> REFUSED = Map.ofEntries(
            instead("bootstrap.servers", Catalogue.KAFKA_BROKERS),
            instead("security.protocol", Catalogue.KAFKA_SECURITY_PROTOCOL),
            instead("sasl.mechanism", Catalogue.KAFKA_SASL_MECHANISM),
            instead("sasl.jaas.config", Catalogue.KAFKA_SASL_JAAS_CONFIG),
            instead("ssl.truststore.location", Catalogue.KAFKA_SSL_TRUSTSTORE_LOCATION),
            instead("ssl.truststore.password", Catalogue.KAFKA_SSL_TRUSTSTORE_PASSWORD),
            instead("ssl.keystore.location", Catalogue.KAFKA_SSL_KEYSTORE_LOCATION),
            instead("ssl.keystore.password", Catalogue.KAFKA_SSL_KEYSTORE_PASSWORD),
            instead("ssl.key.password", Catalogue.KAFKA_SSL_KEY_PASSWORD),
            instead("group.id", Catalogue.KAFKA_GROUP),
            instead("group.instance.id", Catalogue.KAFKA_INSTANCE_ID),
            instead("max.poll.records", Catalogue.KAFKA_MAX_POLL_RECORDS),
            instead("max.poll.interval.ms", Catalogue.KAFKA_MAX_POLL_INTERVAL_MS),
            instead("session.timeout.ms", Catalogue.KAFKA_SESSION_TIMEOUT_MS),
            Map.entry("heartbeat.interval.ms", "it is derived from " + Catalogue.KAFKA_DELIVERY_TIMEOUT_MS.key()),
            Map.entry(
                    "request.timeout.ms",
                    "for the consumer it is derived from " + Catalogue.KAFKA_SESSION_TIMEOUT_MS.key()
                            + "; for a producer use requestTimeoutMs in the URI of its endpoint"),
            inUri("delivery.timeout.ms", "deliveryTimeoutMs"),
            inUri("max.block.ms", "maxBlockMs"),
            inUri("acks", "requestRequiredAcks"),
            inUri("enable.idempotence", "enableIdempotence"),
            inUri("interceptor.classes", "interceptorClasses"),
            Map.entry("enable.auto.commit", WHEN_SETTLED),
            Map.entry("auto.commit.interval.ms", WHEN_SETTLED),
            Map.entry(
                    "auto.offset.reset",
                    "a group without an offset begins at the oldest record, so that none is missed; to begin"
                            + " elsewhere, give the group an offset (kafka-consumer-groups.sh --reset-offsets)"),
            Map.entry("key.deserializer", IN_BYTES),
            Map.entry("value.deserializer", IN_BYTES),
            Map.entry("key.serializer", IN_BYTES),
            Map.entry("value.serializer", IN_BYTES),
            Map.entry("partition.assignment.strategy", COOPERATIVE),
            Map.entry("group.protocol", COOPERATIVE),
            Map.entry("group.remote.assignor", COOPERATIVE),
            Map.entry("allow.auto.create.topics", "a topic that does not exist is an error, and is not created"),
            Map.entry("transactional.id", "records are written without transactions"),
            Map.entry("partitioner.ignore.keys", "the key keeps the changes of one person in order"));

    private static final Map<String, ConfigKey> KNOWN = known();

    private KafkaClientProperties() {}

    private static Map.Entry<String, String> instead(String name, Property<?> property) {
        return Map.entry(name, "use " + property.key() + " instead");
    }

    private static Map.Entry<String, String> inUri(String name, String option) {
        return Map.entry(name, "use " + option + " in the URI of the endpoint instead");
    }

    private static Map<String, ConfigKey> known() {
        Map<String, ConfigKey> known = new TreeMap<>();
        for (ConfigDef client : List.of(ProducerConfig.configDef(), ConsumerConfig.configDef())) {
            client.configKeys().forEach((name, key) -> {
                if (!key.internalConfig) {
                    known.put(name, key);
                }
            });
        }
        return known;
    }

    /** @return the names that Kafka knows */
    static Set<String> names() {
        return KNOWN.keySet();
    }

    /**
     * Reads and checks what is set.
     *
     * @param lookup finds the values
     * @param problems is given a sentence for each property that is refused, and for each value that is not allowed
     * @return the values by Kafka's names, as Kafka's clients take them
     */
    static Map<String, Object> read(PropertyLookup lookup, List<String> problems) {
        Map<String, Object> values = new LinkedHashMap<>();
        KNOWN.forEach((name, key) -> {
            String property = Catalogue.KAFKA_CLIENT + name;
            Optional<String> text = lookup.find(property, "");
            if (text.isEmpty()) {
                problems.add(property + " holds a placeholder whose property or variable is not set.");
            } else if (!text.get().isBlank()) {
                String problem = problem(key, text.get().strip());
                if (problem == null) {
                    values.put(name, value(key, text.get().strip()));
                } else {
                    problems.add(property + problem);
                }
            }
        });
        return values;
    }

    private static Object value(ConfigKey key, String text) {
        if (key.type != ConfigDef.Type.PASSWORD) {
            return text;
        }
        return new Password(new Secret(text).reveal()); // registers it, to be masked in text from outside
    }

    private static String problem(ConfigKey key, String text) {
        String refused = REFUSED.get(key.name);
        if (refused != null) {
            return " is not allowed: " + refused + ".";
        }
        try {
            Object value = parse(key, text);
            if (key.validator != null) {
                key.validator.ensureValid(key.name, value);
            }
            return null;
        } catch (ConfigException e) {
            return "=" + URISupport.sanitizeUri(text) + " is not allowed; allowed is " + allowed(key) + ".";
        }
    }

    /** Loads classes with the class loader that Camel has Kafka use when it makes a client. */
    private static Object parse(ConfigKey key, String text) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(ConsumerConfig.class.getClassLoader());
        try {
            return ConfigDef.parseType(key.name, text, key.type);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static String allowed(ConfigKey key) {
        String values =
                switch (key.type) {
                    case BOOLEAN -> "true or false";
                    case SHORT, INT, LONG -> "a whole number";
                    case DOUBLE -> "a number";
                    case LIST -> "a list separated by commas";
                    case CLASS -> "the name of a class that is on the class path";
                    default -> "a text";
                };
        return key.validator == null ? values : values + ", " + key.validator;
    }
}
