package io.github.ldaudiences.deploy;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.fixture.BundleProcess;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.Reply;
import java.io.IOException;
import java.io.StringReader;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The flows of the manifests on Camel Quarkus, with the files in a container's places as Camel K mounts them. */
@Tag("quarkus")
@Tag("deploy")
class CamelKQuarkusTest {

    /** Built before these tests. */
    private static final Path APPLICATION =
            Path.of("deploy/camel-k/quarkus/target/quarkus-app/quarkus-run.jar").toAbsolutePath();

    private static final Duration START = Duration.ofMinutes(1);
    private static final String BEARER_TOKEN = "token-of-the-sender-4711";

    @TempDir
    private Path folder;

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
    private Process application;
    private Path log;

    @AfterEach
    void end() throws InterruptedException {
        if (application != null) {
            application.destroyForcibly().waitFor();
        }
        launchDarkly.close();
    }

    @Test
    void theFlowsForHttpDeliverRefuseAndEndInGoodOrder() throws Exception {
        int port = FreePort.find();
        Path deadLetter = folder.resolve("dead-letter");
        start(
                "flows-http.yaml",
                Map.of(
                        "audiences.inbound.http.port",
                        Integer.toString(port),
                        "audiences.dead-letter.uri",
                        "file:" + deadLetter,
                        "audiences.mapping.sync-engage-audience.segment-user-id",
                        "$.anonymousId"));

        List<Integer> answers = new ArrayList<>(List.of(503, 204));
        launchDarkly.answer(request -> Answer.of(answers.size() > 1 ? answers.remove(0) : answers.get(0)));
        Reply delivered = post(port, entered("u1").anonymous("a1").toString());
        assertThat(delivered.status()).isEqualTo(200);
        assertThat(delivered.count("delivered")).isEqualTo(1);
        assertThat(launchDarkly.requests()).hasSize(2).allSatisfy(sent -> assertThat(sent.members())
                .containsExactly("a1"));

        assertThat(post(port, "nothing").status()).isEqualTo(400);
        Reply partly = post(port, array(entered("u2").anonymous("a2"), 42));
        assertThat(partly.count("delivered")).isEqualTo(1);
        assertThat(partly.count("rejected")).isEqualTo(1);
        try (var files = Files.list(deadLetter)) {
            assertThat(files).hasSize(1);
        }
        assertThat(send(port, "{}", "token-of-nobody-at-all").status()).isEqualTo(401);

        // A caller waits while LaunchDarkly is slow, and the process is told to end.
        CountDownLatch ending = new CountDownLatch(1);
        launchDarkly.answer(request -> {
            awaitLatch(ending);
            return Answer.of(204);
        });
        CompletableFuture<Reply> waiting = CompletableFuture.supplyAsync(
                () -> post(port, entered("u3").anonymous("a3").toString()));
        await().until(() -> launchDarkly.requests().size() == 4);
        application.destroy();
        await().until(() -> Files.readString(log).contains("is shutting down"));
        ending.countDown();
        assertThat(waiting.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(launchDarkly.requests().get(3).members()).containsExactly("a3");
        assertThat(application.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void theFlowsForKafkaDeliverAndCommit() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start()) {
            broker.createTopic("audience-events", 1);
            broker.createTopic("audience-dead-letters", 1);
            start("flows-kafka.yaml", Map.of("audiences.kafka.brokers", broker.bootstrapServers()));

            broker.produce("audience-events", List.of(record(entered("u1").toString()), record("nothing")));
            await().atMost(START).until(() -> launchDarkly.requests().size() == 1);
            assertThat(launchDarkly.requests().get(0).members()).containsExactly("u1");
            await().atMost(START).until(() -> broker.endOffset("audience-dead-letters") == 1);
            await().atMost(START).until(() -> committed(broker, "launchdarkly-audiences") == 2);
            application.destroy();
            assertThat(application.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long committed(KafkaBroker broker, String group) {
        OffsetAndMetadata offset = broker.committed(group).get(new TopicPartition("audience-events", 0));
        return offset == null ? -1 : offset.offset();
    }

    private static ProducerRecord<byte[], byte[]> record(String text) {
        return new ProducerRecord<>("audience-events", text.getBytes(UTF_8));
    }

    /** Lays the files where they would be mounted, and waits until the application has started. */
    private void start(String manifest, Map<String, String> ofCluster) throws IOException {
        Path file = OperatorBuiltIntegration.FOLDER.resolve(manifest);
        JsonNode integration = Manifests.document(file, "Integration");
        Path flows = Files.createDirectories(folder.resolve("sources")).resolve("camel.yaml");
        Manifests.YAML.writeValue(flows.toFile(), integration.at("/spec/flows"));

        Path config = Files.createDirectories(folder.resolve("conf.d/_configmaps/launchdarkly-audiences"));
        for (Map.Entry<String, JsonNode> data :
                Manifests.document(file, "ConfigMap").get("data").properties()) {
            Properties properties = new Properties();
            properties.load(new StringReader(data.getValue().asText()));
            properties.putAll(ofCluster);
            write(config.resolve(data.getKey()), properties);
        }
        Path secrets = Files.createDirectories(folder.resolve("conf.d/_secrets/launchdarkly-audiences"));
        write(secrets.resolve("launchdarkly.properties"), secret());

        Properties ofOperator = new Properties();
        ofOperator.setProperty("camel.main.source-location-enabled", "true");
        ofOperator.setProperty("camel.main.routes-include-pattern", "file:" + flows.getParent() + "/**");
        ofOperator.setProperty("camel.main.cloud-properties-location", config + "," + secrets);
        Path properties = folder.resolve("application.properties");
        write(properties, ofOperator);

        log = Files.createDirectories(Path.of("target", "quarkus")).resolve(manifest.replace(".yaml", ".log"));
        ProcessBuilder java = new ProcessBuilder(BundleProcess.jdk("java"), "-jar", APPLICATION.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        java.environment().put("QUARKUS_CONFIG_LOCATIONS", properties.toString());
        application = java.start();
        await().atMost(START)
                .until(() -> !application.isAlive() || Files.readString(log).contains("Installed features"));
        assertThat(application.isAlive()).as("it runs: see %s", log).isTrue();
    }

    private Properties secret() {
        Properties secret = new Properties();
        secret.putAll(launchDarkly.destination());
        secret.setProperty("audiences.inbound.http.bearer-tokens", BEARER_TOKEN);
        return secret;
    }

    private static void write(Path file, Properties properties) throws IOException {
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
    }

    private static Reply post(int port, String body) {
        return send(port, body, BEARER_TOKEN);
    }

    private static Reply send(int port, String body, String token) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/events"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return new Reply(HttpClient.newHttpClient()
                .sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .join());
    }
}
