package io.github.ldaudiences.inbound.kafka;

import io.github.ldaudiences.secret.Secret;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;

/** Creates the consumers of Camel's Kafka component, whose committed offsets follow the receipts. */
public final class SettledOffsetsClientFactory extends ConfiguredClientFactory {

    private final KafkaInbound inbound;
    private final KafkaInboundOptions options;
    private final Supplier<ValueDeserializer> deserializers;
    private final Set<Integer> numbers = new HashSet<>();

    /**
     * @param inbound what the consumers share
     * @param options timeouts
     * @param deserializers creates what converts the values of one consumer to JSON, or null if they are JSON
     * @param configured properties of consumers and producers, which override those of an endpoint
     */
    public SettledOffsetsClientFactory(
            KafkaInbound inbound,
            KafkaInboundOptions options,
            Supplier<ValueDeserializer> deserializers,
            Map<String, Object> configured) {
        super(configured);
        this.inbound = inbound;
        this.options = options;
        this.deserializers = deserializers;
    }

    /**
     * Gives each consumer its own instance ID. Camel gives all consumers of an endpoint the same one, and the group
     * accepts only one consumer for each ID.
     */
    @Override
    public Consumer<Object, Object> getConsumer(Properties properties) {
        Properties own = withConfigured(properties, ConsumerConfig.configNames());
        int number = takeNumber();
        own.computeIfPresent(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, (name, instance) -> instance + "-" + number);
        ValueDeserializer values = null;
        try {
            values = deserializers.get();
            Consumer<Object, Object> consumer =
                    new SettledOffsetsConsumer(own, inbound, options, values, () -> giveBack(number));
            inbound.noProblem(this);
            return consumer;
        } catch (KafkaException e) {
            giveBack(number);
            if (values != null) {
                values.close();
            }
            String cause = Secret.maskIn(KafkaInbound.firstCause(e));
            inbound.problem(
                    this,
                    "no consumer can be created for " + own.getProperty(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG)
                            + ": "
                            + cause);
            throw new NoConsumerException(cause);
        }
    }

    /** Returns the smallest unused number, so that consumers that are created again get the same numbers as before. */
    private synchronized int takeNumber() {
        int number = 1;
        while (!numbers.add(number)) {
            number++;
        }
        return number;
    }

    private synchronized void giveBack(int number) {
        numbers.remove(number);
    }

    /** Has no stack trace, because Camel logs it with each attempt. */
    private static final class NoConsumerException extends KafkaException {

        private static final long serialVersionUID = 1L;

        NoConsumerException(String message) {
            super(message);
        }

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }
    }
}
