package io.github.ldaudiences.inbound.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ldaudiences.secret.Secret;
import java.io.EOFException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of records when a deserializer fails. */
@Tag("kafka")
class ValueDeserializerTest {

    /** Throws what it is told to, but for the value 0. */
    public static final class Failing implements Deserializer<String> {

        private static Throwable failure;

        @Override
        public void configure(Map<String, ?> configs, boolean isKey) {
            if (configs.containsKey("refused")) {
                throw new IllegalArgumentException("refused is " + configs.get("refused"));
            }
        }

        @Override
        public String deserialize(String topic, byte[] data) {
            if (data[0] != 0) {
                Failing.<RuntimeException>sneak(failure);
            }
            return "{}";
        }

        @SuppressWarnings("unchecked") // any throwable may come from code that is not ours
        private static <T extends Throwable> void sneak(Throwable failure) throws T {
            throw (T) failure;
        }
    }

    /** As Kiota's exceptions are, and Confluent's. */
    public static final class StatusException extends RuntimeException {

        private static final long serialVersionUID = 1L;
        private final int status;

        StatusException(int status) {
            this.status = status;
        }

        public int getStatus() {
            return status;
        }
    }

    static Stream<Throwable> ofTheValue() {
        return Stream.of(
                new SerializationException("Unknown magic byte!"),
                new SerializationException("Error", new EOFException()),
                new IllegalStateException(new StatusException(404)),
                new StackOverflowError(),
                new OutOfMemoryError("Requested array size exceeds VM limit"));
    }

    static Stream<Throwable> ofTheRegistry() {
        return Stream.of(
                new SerializationException("Error", new ConnectException("Connection refused")),
                new UncheckedIOException(new HttpTimeoutException("timed out")),
                new IllegalStateException(new StatusException(503)),
                new SerializationException("Error", new StatusException(429)),
                new StatusException(403),
                new DisconnectException("gone"),
                new IllegalStateException(new InterruptedException()),
                new NoClassDefFoundError("org/apache/avro/Schema"));
    }

    @ParameterizedTest
    @MethodSource("ofTheValue")
    void aBadValueCostsItsRecordAlone(Throwable failure) {
        ValueDeserializer.Deserialized made = deserialize(failure, 0, 1, 0);

        assertThat(made.problem()).isNull();
        assertThat(made.records()).hasSize(3);
        assertThat(made.records().get(0).value()).isEqualTo(new byte[] {'{', '}'});
        assertThat(made.records().get(1).value())
                .isInstanceOfSatisfying(ValueDeserializer.Unreadable.class, unreadable -> assertThat(unreadable.bytes())
                        .containsExactly(1));
        assertThat(made.records().get(2).value()).isEqualTo(new byte[] {'{', '}'});
    }

    @ParameterizedTest
    @MethodSource("ofTheRegistry")
    void whileTheRegistryFailsTheRecordAndThoseAfterItWait(Throwable failure) {
        ValueDeserializer.Deserialized made = deserialize(failure, 0, 1, 0);

        assertThat(made.records()).hasSize(1);
        assertThat(made.problem()).isNotBlank();
    }

    @Test
    void secretsAreMaskedInWhatADeserializerSays() {
        Secret secret = new Secret("registry-password-4711");

        assertThatThrownBy(() -> ValueDeserializer.of(Failing.class, Map.of("refused", secret.reveal())))
                .isInstanceOf(KafkaException.class)
                .hasMessage(Failing.class.getName() + " cannot be used: refused is ******.")
                .hasNoCause();
    }

    private static ValueDeserializer.Deserialized deserialize(Throwable failure, int... values) {
        Failing.failure = failure;
        List<ConsumerRecord<byte[], byte[]>> records = Stream.iterate(0, i -> i + 1)
                .limit(values.length)
                .map(i -> new ConsumerRecord<byte[], byte[]>("t", 0, i, null, new byte[] {(byte) values[i]}))
                .toList();
        try (ValueDeserializer deserializer = ValueDeserializer.of(Failing.class, Map.of())) {
            return deserializer.deserialize(records);
        }
    }
}
