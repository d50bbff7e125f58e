package io.github.ldaudiences.inbound.kafka;

import io.github.ldaudiences.event.ShortText;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import io.github.ldaudiences.secret.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Converts record values to JSON with a third-party deserializer, such as one that uses a schema registry. Each
 * consumer has its own, because a deserializer need not be thread-safe.
 *
 * <p>The consumer itself reads bytes. If it deserialized, it could never read past a bad value.
 */
public final class ValueDeserializer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ValueDeserializer.class);

    private static final int MAX_REASON_CHARS = 500;

    /**
     * A value that cannot be deserialized.
     *
     * @param bytes the value as it is in the topic
     * @param problem what is wrong with it
     */
    record Unreadable(byte[] bytes, Problem problem) {}

    /**
     * The result for some records.
     *
     * @param records the records up to the first that must wait. Each value is the bytes of JSON, or null, or an
     *     {@link Unreadable}
     * @param problem why the next record must wait, or null if none must
     */
    record Deserialized(List<ConsumerRecord<?, ?>> records, String problem) {}

    private final Deserializer<?> deserializer;
    private final DeserializedJson json = new DeserializedJson();

    private ValueDeserializer(Deserializer<?> deserializer) {
        this.deserializer = deserializer;
    }

    /**
     * Creates and configures a deserializer.
     *
     * @param type class of the deserializer, with a public constructor without arguments
     * @param config its own configuration, by its own names
     * @return the deserializer, which the caller closes
     * @throws KafkaException if it cannot be created or rejects its configuration; without secrets
     */
    public static ValueDeserializer of(Class<?> type, Map<String, ?> config) {
        Deserializer<?> deserializer = null;
        try {
            deserializer = (Deserializer<?>) type.getConstructor().newInstance();
            deserializer.configure(config, false);
            return new ValueDeserializer(deserializer);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            if (deserializer != null) {
                close(deserializer);
            }
            throw new KafkaException(type.getName() + " cannot be used: " + reason(e));
        }
    }

    /**
     * @param records of one partition, in order, with bytes or null as values
     * @return the result
     */
    Deserialized deserialize(List<?> records) {
        List<ConsumerRecord<?, ?>> made = new ArrayList<>(records.size());
        for (Object each : records) {
            ConsumerRecord<?, ?> record = (ConsumerRecord<?, ?>) each;
            byte[] bytes = (byte[]) record.value();
            Object value;
            try {
                value = bytes == null
                        ? null
                        : json.of(deserializer.deserialize(record.topic(), record.headers(), bytes));
            } catch (RuntimeException | LinkageError | StackOverflowError | OutOfMemoryError e) {
                if (RegistryFailure.isIn(e)) {
                    return new Deserialized(made, reason(e));
                }
                value = new Unreadable(bytes, problem(e));
            }
            made.add(new ConsumerRecord<>(record.topic(), record.partition(), record.offset(), null, value));
        }
        return new Deserialized(made, null);
    }

    private Problem problem(Throwable failure) {
        return new Problem(
                ProblemCode.VALUE_NOT_DESERIALIZED,
                deserializer.getClass().getName() + " cannot read the value: " + reason(failure));
    }

    /** Parts of it come from the value or from the registry. */
    private static String reason(Throwable failure) {
        int status = RegistryFailure.status(failure);
        Throwable cause = RegistryFailure.cause(failure);
        String reason;
        if (status != 0) {
            reason = "the schema registry answered " + status;
        } else if (cause != null && cause.getMessage() != null) {
            reason = cause.getMessage();
        } else {
            reason = KafkaInbound.firstCause(failure);
        }
        String sentence = Secret.maskIn(ShortText.of(reason, MAX_REASON_CHARS));
        return sentence.endsWith(".") ? sentence : sentence + ".";
    }

    @Override
    public void close() {
        close(deserializer);
    }

    private static void close(Deserializer<?> deserializer) {
        try {
            deserializer.close();
        } catch (RuntimeException e) {
            LOG.debug("{} could not be closed.", deserializer.getClass().getName(), e);
        }
    }
}
