package io.github.ldaudiences.kafka;

import java.util.Properties;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;

/** Gives Camel's Kafka component consumers whose committed offsets follow the receipts. */
public final class SettledOffsetsClientFactory extends DefaultKafkaClientFactory {

    private final KafkaInbound inbound;
    private final KafkaInboundOptions options;

    /**
     * @param inbound what the consumers share
     * @param options how long things may take
     */
    public SettledOffsetsClientFactory(KafkaInbound inbound, KafkaInboundOptions options) {
        this.inbound = inbound;
        this.options = options;
    }

    @Override
    public Consumer<Object, Object> getConsumer(Properties properties) {
        try {
            Consumer<Object, Object> consumer = new SettledOffsetsConsumer(properties, inbound, options);
            inbound.noProblem(this);
            return consumer;
        } catch (KafkaException e) {
            String cause = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
            inbound.problem(
                    this,
                    "no consumer can be made for " + properties.getProperty(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG)
                            + ": " + cause);
            throw new NoConsumerException(cause);
        }
    }

    /** Without a stack trace, for Camel logs it with each attempt. */
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
