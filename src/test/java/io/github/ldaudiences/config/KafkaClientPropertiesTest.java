package io.github.ldaudiences.config;

import static io.github.ldaudiences.config.ConfiguredSettings.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ldaudiences.secret.Secret;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties of Kafka's own clients: which are passed on, and what is said of the others. */
@Tag("config")
class KafkaClientPropertiesTest {

    private static final String PREFIX = "audiences.kafka.client.";

    @Test
    void whatKafkaKnowsIsPassedOnFromFilesSystemPropertiesAndTheEnvironment() {
        Settings settings = read(
                Map.of("AUDIENCES_KAFKA_CLIENT_CLIENT_RACK", "eu-1a"),
                Map.of(PREFIX + "fetch.max.bytes", "1000"),
                PREFIX + "isolation.level",
                " read_committed ",
                PREFIX + "compression.type",
                "{{env:SURELY_NOT_SET_4711:zstd}}",
                PREFIX + "fetch.min.bytes",
                "");

        assertThat(settings.kafkaClient())
                .isEqualTo(Map.of(
                        "client.rack", "eu-1a",
                        "fetch.max.bytes", "1000",
                        "isolation.level", "read_committed",
                        "compression.type", "zstd"));
        assertThat(read(Map.of(), Map.of()).kafkaClient()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "fetch.max.byte       | fetch.max.bytes",
                "fetch-max-bytes      | fetch.max.bytes",
                "Client.Rack          | client.rack",
                "isolationlevel       | isolation.level",
            })
    void anUnknownNameComesWithTheOneThatIsLikeIt(String name, String meant) {
        assertThatThrownBy(() -> read(Map.of(), Map.of(), PREFIX + name, "1"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(PREFIX + name
                        + " is not a property of Kafka's consumer or producer. Did you mean " + meant + "?");
        assertThatThrownBy(() -> read(Map.of(), Map.of(PREFIX + name, "1")))
                .hasMessageContaining("-D" + PREFIX + name + " is not a property of Kafka's consumer or producer.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo", "internal.leave.group.on.close", "bootstrap.controllers", ""})
    void whatKafkaDoesNotKnowOrKeepsForItselfIsNamed(String name) {
        assertThatThrownBy(() -> read(Map.of(), Map.of(), PREFIX + name, "secret-4711"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(PREFIX + name + " is not a property of Kafka's consumer or producer.")
                .hasMessageNotContaining("4711");
    }

    @Test
    void anUnknownEnvironmentVariableIsNamed() {
        assertThatThrownBy(() -> read(Map.of("AUDIENCES_KAFKA_CLIENT_FETCH_MAX_BYTE", "1"), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(
                        "The environment variable AUDIENCES_KAFKA_CLIENT_FETCH_MAX_BYTE is not a property of"
                                + " Kafka's consumer or producer. Did you mean fetch.max.bytes?");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "bootstrap.servers             | use audiences.kafka.brokers instead",
                "sasl.jaas.config              | use audiences.kafka.sasl-jaas-config instead",
                "ssl.keystore.password         | use audiences.kafka.ssl-keystore-password instead",
                "group.id                      | use audiences.inbound.kafka.group instead",
                "group.instance.id             | use audiences.inbound.kafka.instance-id instead",
                "max.poll.interval.ms          | use audiences.inbound.kafka.max-poll-interval-ms instead",
                "heartbeat.interval.ms         | it is derived from audiences.inbound.kafka.delivery-timeout-ms",
                "enable.auto.commit            | an offset is committed when",
                "auto.offset.reset             | a group without an offset begins at the oldest record",
                "value.deserializer            | records hold bytes",
                "partition.assignment.strategy | partitions change hands by Kafka's classic protocol",
                "acks                          | use requestRequiredAcks in the URI of the endpoint instead",
                "interceptor.classes           | use interceptorClasses in the URI of the endpoint instead",
                "transactional.id              | records are written without transactions",
            })
    void whatTheBundleSetsItselfIsRefusedWithWhatToUseInstead(String name, String instead) {
        assertThatThrownBy(() -> read(Map.of(), Map.of(), PREFIX + name, "secret-4711"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(PREFIX + name + " is not allowed: " + instead)
                .hasMessageNotContaining("4711");
    }

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "fetch.max.bytes                 | many        | a whole number, [0,...]",
                "fetch.max.bytes                 | -1          | a whole number, [0,...]",
                "check.crcs                      | yes         | true or false",
                "isolation.level                 | committed   | a text, [read_committed, read_uncommitted]",
                "compression.type                | rar         | a text, [none, gzip, snappy, lz4, zstd]",
                "sasl.login.refresh.window.factor | 2          | a number, [0.5,...,1.0]",
                "partitioner.class               | no.such.One | the name of a class that is on the class path",
            })
    void aValueThatKafkaRefusesIsNamedWithWhatIsAllowed(String name, String value, String allowed) {
        assertThatThrownBy(() -> read(Map.of(), Map.of(), PREFIX + name, value))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(PREFIX + name + "=" + value + " is not allowed; allowed is " + allowed + ".");
    }

    @Test
    void whatIsSecretForKafkaIsSecretHere() {
        Settings settings = read(Map.of(), Map.of(), PREFIX + "ssl.keystore.key", "key-4711\nof two lines");

        assertThat(settings.kafkaClient()).hasToString("{ssl.keystore.key=[hidden]}");
        assertThat(Secret.maskIn("It has key-4711\nof two lines in it.")).isEqualTo("It has ****** in it.");
    }
}
