package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Inbound;
import io.github.ldaudiences.config.KafkaTls;
import io.github.ldaudiences.config.RegistryNetwork;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.event.EventCounts;
import io.github.ldaudiences.inbound.kafka.ConfiguredClientFactory;
import io.github.ldaudiences.inbound.kafka.KafkaInbound;
import io.github.ldaudiences.inbound.kafka.KafkaInboundHealth;
import io.github.ldaudiences.inbound.kafka.KafkaInboundOptions;
import io.github.ldaudiences.inbound.kafka.KafkaReceipts;
import io.github.ldaudiences.inbound.kafka.NoHeaders;
import io.github.ldaudiences.inbound.kafka.RecordTraces;
import io.github.ldaudiences.inbound.kafka.SettledOffsetsClientFactory;
import io.github.ldaudiences.inbound.kafka.ValueDeserializer;
import io.github.ldaudiences.secret.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.PollOnError;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Sets up Camel's Kafka component. Options that the guarantees depend on are set here and not in endpoint URIs, so that
 * a URI can be replaced without losing them. Secrets are set here to keep them out of URIs.
 */
final class KafkaInstaller {

    private final Installation installation;
    private final CamelContext context;
    private final Settings settings;
    private final KafkaComponent component;

    KafkaInstaller(Installation installation) {
        this.installation = installation;
        context = installation.context();
        settings = installation.settings();
        component = context.getComponent("kafka", KafkaComponent.class);
    }

    /** Whether events come from Kafka. */
    static boolean isInbound(Settings settings) {
        return settings.get(Catalogue.INBOUND).contains(Inbound.KAFKA);
    }

    static void check(Rules rules) {
        if (!isInbound(rules.settings())) {
            return;
        }
        rules.less(
                Catalogue.KAFKA_DELIVERY_TIMEOUT_MS,
                Catalogue.KAFKA_SESSION_TIMEOUT_MS,
                "events could be sent after their partition belongs to another process");
        rules.less(
                Catalogue.KAFKA_DRAIN_TIMEOUT_MS,
                Catalogue.KAFKA_MAX_POLL_INTERVAL_MS,
                "the group would not wait until a partition is handed over");
        rules.less(
                Catalogue.KAFKA_DELIVERY_TIMEOUT_MS,
                Catalogue.KAFKA_MAX_POLL_INTERVAL_MS,
                "the group could take the partitions away from a consumer that waits for LaunchDarkly");
    }

    /** Whether any endpoint of the bundle is a Kafka endpoint. */
    static boolean isNeeded(Settings settings) {
        return isInbound(settings)
                || HttpInstaller.enqueues(settings)
                || settings.get(Catalogue.DEAD_LETTER_URI).startsWith("kafka:");
    }

    /** Sets brokers and security of every Kafka endpoint, and the format of its records. */
    void configureComponent() {
        KafkaConfiguration kafka = component.getConfiguration();
        kafka.setBrokers(settings.get(Catalogue.KAFKA_BROKERS));
        String protocol = settings.get(Catalogue.KAFKA_SECURITY_PROTOCOL);
        kafka.setSecurityProtocol(protocol);
        if (protocol.startsWith("SASL")) {
            kafka.setSaslMechanism(settings.get(Catalogue.KAFKA_SASL_MECHANISM));
            kafka.setSaslJaasConfig(jaasConfig());
        }
        component.setKafkaClientFactory(new ConfiguredClientFactory(KafkaTls.clientProperties(settings)));
        kafka.setHeaderFilterStrategy(new NoHeaders());
        // Each record gets its own headers, not those of the request that its event came with.
        kafka.setBatchWithIndividualHeaders(true);
        kafka.setKeyDeserializer(ByteArrayDeserializer.class.getName());
        kafka.setValueDeserializer(ByteArrayDeserializer.class.getName());
        kafka.setKeySerializer(ByteArraySerializer.class.getName());
        kafka.setValueSerializer(ByteArraySerializer.class.getName());
    }

    /**
     * Makes consumers commit only offsets whose events are settled.
     *
     * @return what the consumers share
     */
    KafkaInbound installInbound(
            EventInstaller events, BatchInstaller batches, EventCounts counts, RecordTraces traces) {
        Duration deliveryTimeout = installation.millis(Catalogue.KAFKA_DELIVERY_TIMEOUT_MS);
        KafkaInbound inbound = new KafkaInbound(events.backlog(), batches::completeOpenBatches, batches::othersMaySend);
        KafkaInboundOptions options = new KafkaInboundOptions(
                deliveryTimeout,
                installation.millis(Catalogue.KAFKA_RETRY_DELAY_MS),
                installation.millis(Catalogue.KAFKA_MAX_RETRY_DELAY_MS),
                installation.millis(Catalogue.KAFKA_DRAIN_TIMEOUT_MS),
                installation
                        .millis(Catalogue.DELIVERY_RESPONSE_TIMEOUT_MS)
                        .plus(installation.millis(Catalogue.DELIVERY_CONNECT_TIMEOUT_MS)));
        component.setKafkaClientFactory(new SettledOffsetsClientFactory(
                inbound, options, valueDeserializers(), KafkaTls.clientProperties(settings)));
        KafkaConfiguration kafka = component.getConfiguration();
        kafka.setGroupInstanceId(emptyAsNull(settings.get(Catalogue.KAFKA_INSTANCE_ID)));
        // Camel must not commit: not automatically, not records that it has handed on, and not past an error.
        kafka.setAutoCommitEnable(false);
        kafka.setAllowManualCommit(true);
        kafka.setBreakOnFirstError(true);
        // If an error still leaves the consumer, reading restarts at the last commit and skips no record.
        kafka.setPollOnError(PollOnError.RECONNECT);
        component.setKafkaManualCommitFactory((exchange, record, manager) -> null);
        kafka.setAutoOffsetReset("earliest");
        // A rebalance revokes only the partitions that move to another consumer.
        kafka.setPartitionAssignor(CooperativeStickyAssignor.class.getName());
        kafka.setShutdownTimeout(Math.toIntExact(
                options.drainTimeout().plus(options.requestTimeout()).toMillis()));
        // An unknown host makes health DOWN instead of failing the start.
        kafka.setPreValidateHostAndPort(false);
        kafka.setMaxPollRecords(installation.intValue(Catalogue.KAFKA_MAX_POLL_RECORDS));
        kafka.setPollTimeoutMs(settings.get(Catalogue.KAFKA_POLL_WAIT_MS));
        kafka.setSessionTimeoutMs(installation.intValue(Catalogue.KAFKA_SESSION_TIMEOUT_MS));
        // Heartbeats are frequent enough that records do not exceed their delivery timeout between two of them.
        int deliveryTimeoutMs = installation.intValue(Catalogue.KAFKA_DELIVERY_TIMEOUT_MS);
        int heartbeatMs = Math.min(3_000, deliveryTimeoutMs / 4);
        kafka.setHeartbeatIntervalMs(heartbeatMs);
        // A response that arrives later than this says nothing about the present.
        int spareMs = installation.intValue(Catalogue.KAFKA_SESSION_TIMEOUT_MS) - deliveryTimeoutMs - heartbeatMs;
        kafka.setConsumerRequestTimeoutMs(Math.min(30_000, Math.max(2_000, spareMs)));
        kafka.setMaxPollIntervalMs(installation.intValue(Catalogue.KAFKA_MAX_POLL_INTERVAL_MS));
        // A misspelt topic is an error and does not create a topic.
        kafka.getAdditionalProperties().put("allow.auto.create.topics", "false");

        installation.bind(
                "openKafkaReceipts",
                new KafkaReceipts(inbound, events.reader(), events.receipts(deliveryTimeout, counts::settled), traces));
        installation.healthChecks(List.of(new KafkaInboundHealth(inbound)));
        return inbound;
    }

    /** @throws ConfigurationException if record values cannot be read with this configuration */
    void checkValueDeserializer() {
        valueDeserializers();
    }

    /** Also creates one at start, so that errors in its configuration are reported then. */
    private Supplier<ValueDeserializer> valueDeserializers() {
        String name = settings.get(Catalogue.KAFKA_VALUE_DESERIALIZER);
        if (name.isEmpty()) {
            return () -> null;
        }
        Class<?> type = context.getClassResolver().resolveClass(name);
        if (type == null || !Deserializer.class.isAssignableFrom(type)) {
            throw new ConfigurationException(Catalogue.KAFKA_VALUE_DESERIALIZER.key() + "=" + name
                    + (type == null ? " is not on the class path" : " does not implement Kafka's Deserializer")
                    + "; allowed is " + Catalogue.KAFKA_VALUE_DESERIALIZER.allowed() + ".");
        }
        Map<String, Object> config = RegistryNetwork.configuration(settings, System.getenv());
        Supplier<ValueDeserializer> make = () -> ValueDeserializer.of(type, config);
        try {
            make.get().close();
        } catch (KafkaException e) {
            throw new ConfigurationException(Catalogue.KAFKA_VALUE_DESERIALIZER.key() + "=" + name
                    + " cannot be started with the properties behind " + Catalogue.KAFKA_VALUE_DESERIALIZER.key()
                    + ".: "
                    + e.getMessage());
        }
        return make;
    }

    private String jaasConfig() {
        Secret whole = settings.get(Catalogue.KAFKA_SASL_JAAS_CONFIG);
        if (!whole.isEmpty()) {
            return whole.reveal();
        }
        String module = settings.get(Catalogue.KAFKA_SASL_MECHANISM).startsWith("SCRAM")
                ? "org.apache.kafka.common.security.scram.ScramLoginModule"
                : "org.apache.kafka.common.security.plain.PlainLoginModule";
        return module + " required username=" + quoted(settings.get(Catalogue.KAFKA_SASL_USERNAME)) + " password="
                + quoted(settings.get(Catalogue.KAFKA_SASL_PASSWORD).reveal()) + ";";
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String emptyAsNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
