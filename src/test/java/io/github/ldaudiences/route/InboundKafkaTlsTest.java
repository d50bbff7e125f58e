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
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Brokers that speak TLS, with certificates of nobody whom the JVM trusts: as gateway, and as inbound. */
class InboundKafkaTlsTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private static Path client;
    private static Path stranger;
    private static Path trustedByClient;
    private static Path trustsStranger;
    private static Listener tls;
    private static Listener mutualTls;
    private static KafkaBroker broker;
    private String topic;

    @BeforeAll
    static void startBroker() throws Exception {
        Certificates certificates = new Certificates(folder);
        Path server = certificates.keyPair("server", "PKCS12");
        client = certificates.keyPair("client", "PKCS12");
        stranger = certificates.keyPair("stranger", "PKCS12");
        trustedByClient = certificates.certificateOf("server");
        trustsStranger = certificates.certificateOf("stranger");
        Map<String, String> settings = Map.of(
                "ssl.keystore.location",
                server.toString(),
                "ssl.keystore.password",
                Certificates.PASSWORD,
                "ssl.truststore.location",
                certificates.certificateOf("client").toString(),
                "ssl.truststore.password",
                Certificates.PASSWORD);
        tls = new Listener("tls", "SSL", settings);
        Map<String, String> askingSettings = new HashMap<>(settings);
        askingSettings.put("ssl.client.auth", "required");
        mutualTls = new Listener("mutual", "SSL", askingSettings);
        broker = KafkaBroker.startWith(tls, mutualTls);
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
    void brokersMaySpeakTls() {
        try (RunningBundle bundle = start(broker.servers(tls), trustedByClient)) {
            assertDelivered(bundle);
        }
    }

    @Test
    void certificatesMayBeOfPem() throws Exception {
        KeyStore store = KeyStore.getInstance(trustedByClient.toFile(), Certificates.PASSWORD.toCharArray());
        String certificate = Base64.getMimeEncoder()
                .encodeToString(store.getCertificate("server").getEncoded());
        Path pem = Files.writeString(
                folder.resolve("server.pem"),
                "-----BEGIN CERTIFICATE-----\n" + certificate + "\n-----END CERTIFICATE-----\n");
        try (RunningBundle bundle = start(
                broker.servers(tls),
                pem,
                "audiences.kafka.ssl-truststore-password",
                "",
                "audiences.kafka.client.ssl.truststore.type",
                "PEM")) {
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
