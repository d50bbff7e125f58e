package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.command.check.CheckCommand;
import io.github.ldaudiences.fixture.Certificates;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.KafkaBroker.Listener;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.fixture.ShippedSettings;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Brokers that speak TLS, with certificates of nobody whom the JVM trusts: as gateway, and as inbound. */
@Tag("kafka")
class InboundKafkaTlsTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private static Path server;
    private static Path client;
    private static Path stranger;
    private static Path trustedByClient;
    private static Path trustsStranger;
    private static Listener tls;
    private static Listener mutualTls;
    private static Listener saslTls;
    private static KafkaBroker broker;
    private String topic;

    @BeforeAll
    static void startBroker() throws Exception {
        Certificates certificates = new Certificates(folder);
        server = certificates.keyPair("server", "PKCS12");
        client = certificates.keyPair("client", "PKCS12");
        stranger = certificates.keyPair("stranger", "PKCS12");
        trustedByClient = Certificates.trustStore(Certificates.pemCertificates(server));
        trustsStranger = Certificates.trustStore(Certificates.pemCertificates(stranger));
        Map<String, String> settings = Map.of(
                "ssl.keystore.location",
                server.toString(),
                "ssl.keystore.password",
                Certificates.PASSWORD,
                "ssl.truststore.location",
                Certificates.trustStore(Certificates.pemCertificates(client)).toString(),
                "ssl.truststore.password",
                Certificates.PASSWORD);
        tls = new Listener("tls", "SSL", settings);
        Map<String, String> askingSettings = new HashMap<>(settings);
        askingSettings.put("ssl.client.auth", "required");
        mutualTls = new Listener("mutual", "SSL", askingSettings);
        Map<String, String> saslSettings = new HashMap<>(settings);
        saslSettings.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
        saslSettings.put("scram-sha-512.sasl.jaas.config", ScramLoginModule.class.getName() + " required;");
        saslTls = new Listener("sasltls", "SASL_SSL", saslSettings);
        broker = KafkaBroker.startWith(tls, mutualTls, saslTls);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void createTopic(TestInfo test) {
        topic = test.getTestMethod().orElseThrow().getName();
        broker.createTopic(topic, 1);
    }

    @Test
    void brokersMayAskForAPasswordOverTls() {
        broker.addScramUser("u", "a \"quoted\" \\ one");
        try (RunningBundle bundle = start(
                broker.servers(saslTls),
                trustedByClient,
                "audiences.kafka.security-protocol",
                "SASL_SSL",
                "audiences.kafka.sasl-mechanism",
                "SCRAM-SHA-512",
                "audiences.kafka.sasl-username",
                "u",
                "audiences.kafka.sasl-password",
                "a \"quoted\" \\ one")) {
            assertDelivered(bundle);
        }
    }

    @Test
    void filesInPemWillDo() throws Exception {
        try (RunningBundle bundle = start(
                broker.servers(mutualTls),
                Certificates.pemCertificates(server),
                "audiences.kafka.ssl-truststore-password",
                "",
                "audiences.kafka.ssl-keystore-location",
                Certificates.pemCertificates(client).toString(),
                "audiences.kafka.ssl-key-location",
                Certificates.pemKey(client).toString())) {
            assertDelivered(bundle);
        }
    }

    @Test
    void brokersMayAskForACertificate() {
        try (RunningBundle bundle = start(broker.servers(mutualTls), trustedByClient, ownKeys(client))) {
            assertDelivered(bundle);
        }
    }

    @Test
    void ofBrokersThatAreNotTrustedNothingIsReadAndNothingIsLost() {
        send("u1");
        try (RunningBundle bundle = start(broker.servers(tls), trustsStranger)) {
            assertNothingPasses(bundle, broker.servers(tls), "unable to find valid certification path");
        }
        try (RunningBundle bundle = start(broker.servers(tls), trustedByClient)) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(bundle.included("aud_1")).containsExactly("u1"));
        }
    }

    @Test
    void whomTheBrokersDoNotTrustReadsNothingAndLosesNothing() {
        send("u1");
        try (RunningBundle bundle = start(broker.servers(mutualTls), trustedByClient)) {
            assertNothingPasses(bundle, broker.servers(mutualTls), "alert");
        }
        try (RunningBundle bundle = start(broker.servers(mutualTls), trustedByClient, ownKeys(stranger))) {
            assertNothingPasses(bundle, broker.servers(mutualTls), "alert");
        }
        try (RunningBundle bundle = start(broker.servers(mutualTls), trustedByClient, ownKeys(client))) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(bundle.included("aud_1")).containsExactly("u1"));
        }
    }

    @Test
    void theCommandCheckSaysWhetherTheBrokersLetUsInAndHaveTheTopic() {
        assertThat(check(broker.servers(mutualTls), ownKeys(client))).isEqualTo("0 ");
        assertThat(check(broker.servers(mutualTls), ownKeys(stranger)))
                .startsWith("1 kafka: The Kafka brokers " + broker.servers(mutualTls));
        assertThat(check(broker.servers(tls), "audiences.inbound.kafka.topic", topic + "s"))
                .isEqualTo("1 kafka: The Kafka brokers " + broker.servers(tls) + " have no topic " + topic
                        + "s. Create it, or name another: audiences.inbound.kafka.topic.\n");
        assertThat(broker.members(topic)).isEmpty();
        assertThat(broker.topics()).doesNotContain(topic + "s");
    }

    /** The exit code, and what is said to be wrong. */
    private String check(String brokers, String... more) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        CheckCommand command = new CheckCommand(
                () -> ShippedSettings.with(properties(brokers, trustedByClient, more)),
                new PrintStream(OutputStream.nullOutputStream()),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new CommandLine(command).execute() + " " + err.toString(StandardCharsets.UTF_8);
    }

    private void assertDelivered(RunningBundle bundle) {
        assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(202);
        await().atMost(SOON).until(() -> committed() == 1);
        assertThat(bundle.included("aud_1")).containsExactly("u1");
        assertThat(bundle.problem("kafka-inbound")).isNull();
    }

    private void assertNothingPasses(RunningBundle bundle, String brokers, String cause) {
        await().atMost(SOON).untilAsserted(() -> assertThat(bundle.problem("kafka-inbound"))
                .startsWith("No events from Kafka: TLS with the brokers " + brokers + " fails: ")
                .contains(cause)
                .contains("audiences.kafka.ssl-truststore-location"));
        assertThat(bundle.post(entered("u2").toString()).status()).isEqualTo(503);
        assertThat(bundle.segmentIds()).isEmpty();
        assertThat(committed()).isZero();
    }

    private RunningBundle start(String brokers, Path trusted, String... more) {
        return RunningBundle.start(properties(brokers, trusted, more));
    }

    private String[] properties(String brokers, Path trusted, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "audiences.inbound",
                "http,kafka",
                "audiences.inbound.http.mode",
                "enqueue",
                "audiences.inbound.kafka.topic",
                topic,
                "audiences.inbound.kafka.group",
                topic,
                "audiences.kafka.brokers",
                brokers,
                "audiences.kafka.security-protocol",
                "SSL",
                "audiences.kafka.ssl-truststore-location",
                trusted.toString(),
                "audiences.kafka.ssl-truststore-password",
                Certificates.PASSWORD));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static String[] ownKeys(Path keys) {
        return new String[] {
            "audiences.kafka.ssl-keystore-location",
            keys.toString(),
            "audiences.kafka.ssl-keystore-password",
            Certificates.PASSWORD
        };
    }

    private void send(String user) {
        broker.produce(
                topic,
                List.of(new ProducerRecord<>(topic, entered(user).toString().getBytes(StandardCharsets.UTF_8))));
    }

    private long committed() {
        var offset = broker.committed(topic).get(new TopicPartition(topic, 0));
        return offset == null ? 0 : offset.offset();
    }
}
