package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.RunningBundle;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.MemberDescription;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How brokers are connected to, and what is said when they cannot be read from. */
@Tag("kafka")
class InboundKafkaBrokersTest extends ReadFromKafka {

    @Test
    void aMissingTopicIsSaidAndHealsByItself() {
        try (RunningBundle bundle = start("audiences.inbound.kafka.poll-wait-ms", "50")) {
            await().atMost(SOON).untilAsserted(() -> assertThat(health(bundle))
                    .isEqualTo("DOWN No events from Kafka: there is no topic " + topic + " on the brokers "
                            + broker.bootstrapServers() + "."));
            broker.createTopic(topic, 1);
            send(0, AudienceEvent.entered("u1"));
            // The client looks for topics again when its metadata are old: five minutes by default.
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 1L)));
            await().atMost(SOON).untilAsserted(() -> assertThat(health(bundle)).startsWith("UP"));
        }
    }

    @Test
    void brokersThatCannotBeReachedAreSaid() {
        try (RunningBundle bundle = start("audiences.kafka.brokers", "127.0.0.1:1")) {
            await().atMost(SOON).untilAsserted(() -> assertThat(health(bundle))
                    .isEqualTo("DOWN No events from Kafka: none of the brokers 127.0.0.1:1 can be reached."));
        }
        try (RunningBundle bundle = start(
                "audiences.kafka.brokers", "no-such-host.invalid:9092",
                "audiences.inbound.kafka.drain-timeout-ms", "100",
                "audiences.delivery.response-timeout-ms", "500",
                "audiences.delivery.connect-timeout-ms", "500")) {
            await().atMost(SOON).untilAsserted(() -> assertThat(health(bundle))
                    .startsWith("DOWN No events from Kafka: no consumer can be created for no-such-host.invalid:9092"));
        }
    }

    @Test
    void brokersMayAskForAPassword() {
        broker.createTopic(topic, 1);
        send(0, AudienceEvent.entered("u1"));
        String[] secured = {
            "audiences.kafka.brokers",
            broker.securedServers(),
            "audiences.kafka.security-protocol",
            "SASL_PLAINTEXT",
            "audiences.kafka.sasl-username",
            KafkaBroker.USER,
            "audiences.kafka.sasl-password",
            KafkaBroker.PASSWORD
        };
        try (RunningBundle bundle = start(secured)) {
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 1L)));
            assertThat(bundle.included("aud_1")).containsExactly("u1");
        }
        secured[secured.length - 1] = "wrong-password";
        try (RunningBundle bundle = start(secured)) {
            await().atMost(SOON).untilAsserted(() -> assertThat(health(bundle))
                    .startsWith("DOWN")
                    .containsIgnoringCase("authentication failed")
                    .doesNotContain("wrong-password"));
        }
    }

    @Test
    void propertiesOfKafkasClientsArePassedOn() {
        broker.createTopic(topic, 1);
        broker.transaction(topic, bytes(AudienceEvent.entered("aborted").toString()), false);
        broker.transaction(topic, bytes(AudienceEvent.entered("u1").toString()), true);
        try (RunningBundle bundle = start(
                "audiences.kafka.client.isolation.level", "read_committed",
                "audiences.kafka.client.client.id", "of-this-test")) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(bundle.included("aud_1")).containsExactly("u1"));
            assertThat(broker.members(GROUP + topic))
                    .extracting(MemberDescription::clientId)
                    .containsExactly("of-this-test");
            // Each of the transactions ends with a record of Kafka's own.
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 3L)));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(lagMeter(bundle)).isZero());
        }
    }

    @Test
    void aDeliveryTimeoutThatOutlivesTheSessionIsRefused() {
        topic = "any";
        for (String limit : Set.of("session-timeout-ms", "max-poll-interval-ms")) {
            assertThatThrownBy(() -> start(
                                    "audiences.inbound.kafka.delivery-timeout-ms",
                                    "40000",
                                    "audiences.inbound.kafka." + limit,
                                    "40000")
                            .close())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("audiences.inbound.kafka.delivery-timeout-ms=40000")
                    .hasMessageContaining("less than audiences.inbound.kafka." + limit + "=40000");
        }
    }
}
