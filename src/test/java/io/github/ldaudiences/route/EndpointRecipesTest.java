package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.fixture.JmsBroker;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.KafkaBroker.Listener;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.Recipe;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.fixture.TokenServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Other endpoints at either end, by the properties that docs/recipes.md has and nothing else. */
@Tag("endpoint")
class EndpointRecipesTest {

    private static final String BROKERS = "audiences.kafka.brokers";
    private static final String TOPIC = "audiences.inbound.kafka.topic";
    private static final String GROUP = "audiences.inbound.kafka.group";

    private static TokenServer tokens;
    private static Listener takesTokens;
    private static KafkaBroker kafka;

    private LaunchDarklyStub launchDarkly;
    private String name;

    @BeforeAll
    static void startBroker(@TempDir Path folder) throws Exception {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
        tokens = new TokenServer();
        takesTokens = tokens.listener(folder);
        kafka = KafkaBroker.startWith(takesTokens);
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
        tokens.close();
    }

    @BeforeEach
    void startLaunchDarkly(TestInfo test) {
        name = test.getTestMethod().orElseThrow().getName();
        launchDarkly = new LaunchDarklyStub();
    }

    @AfterEach
    void stopLaunchDarkly() {
        launchDarkly.close();
    }

    @Test
    void fromHttpToKafka() {
        kafka.createTopic(name, 1);
        try (RunningBundle http = RunningBundle.startAgainst(launchDarkly)) {
            assertThat(http.post(entered("u1").toString()).status()).isEqualTo(200);
        }

        launchDarkly.answer(503);
        launchDarkly.requests().clear();
        produce(entered("u2"), "junk", array(entered("u3"), 17));
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly, kafkaRecipe("From HTTP to Kafka", 1, 1).properties())) {
            await().until(() -> launchDarkly.requests().size() > 2);
            assertThat(committed()).isZero();
            assertThatThrownBy(() -> new Socket("127.0.0.1", bundle.port()).close())
                    .isInstanceOf(ConnectException.class);

            launchDarkly.answer(204);
            await().until(() -> committed() == 3);
            assertThat(launchDarkly.taken()).containsExactlyInAnyOrder("u1", "u2", "u3");
            assertThat(bundle.deadLetters())
                    .extracting(letter -> letter.at("/source/offset").asInt())
                    .containsExactlyInAnyOrder(1, 2);
        }
    }

    @Test
    void fromKafkaToHttp() {
        String heading = "From Kafka to HTTP";
        kafka.createTopic(name, 1);
        produce(entered("u1"));
        Recipe both = kafkaRecipe(heading, 1, 2);
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, both.properties())) {
            assertThat(bundle.post(entered("u2").toString()).status()).isEqualTo(200);
            await().until(() -> committed() == 1);
            assertThat(launchDarkly.taken()).containsExactlyInAnyOrder("u1", "u2");
        }

        // Too early: something comes after the last look at the lag.
        produce(entered("left-in-topic"));
        launchDarkly.answer(503);
        Recipe http = Recipe.under(heading, 2, 2).also("audiences.inbound.http.reply-timeout-ms", "300");
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, http.properties())) {
            assertThat(bundle.post(entered("u3").toString()).status()).isEqualTo(503);
            launchDarkly.answer(204);
            await().until(() -> bundle.post(array(entered("u3"), 17)).status() == 200);
            assertThat(launchDarkly.taken()).contains("u3");
            assertThat(bundle.deadLetters()).isNotEmpty();
        }
        assertThat(launchDarkly.taken()).doesNotContain("left-in-topic");
        assertThat(committed()).isEqualTo(1);

        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, both.properties())) {
            await().until(() -> committed() == 2);
            assertThat(launchDarkly.taken()).contains("left-in-topic");
            assertThat(bundle.deadLetters()).isEmpty();
        }
    }

    @Test
    void aTableOfMembersByDebezium() throws IOException {
        kafka.createTopic(name, 1);
        List<String> changes = Files.readAllLines(Path.of("examples/debezium-changes.ndjson"));
        produce(changes.toArray());
        produce("{\"before\":null,\"after\":{\"user_id\":null,\"audience\":\"vip_customers\"},\"op\":\"c\"}");
        Recipe recipe = kafkaRecipe("A table of members, by Debezium", 1, 2);
        try (RunningBundle bundle = RunningBundle.start(recipe.properties())) {
            await().until(() -> committed() == changes.size() + 1);
            assertThat(bundle.segmentIds()).containsExactlyInAnyOrder("vip_customers", "beta_testers");
            assertThat(bundle.included("vip_customers")).containsExactly("1002");
            assertThat(bundle.included("beta_testers")).containsExactly("1002");
            assertThat(bundle.deadLetters())
                    .extracting(letter -> letter.path("reason").asText())
                    .containsExactly("context_key: user_id_only found nothing that could be the context key.");
        }
    }

    @Test
    void kafkaWithOAuth() {
        kafka.createTopic(name, 1);
        produce(entered("u1"));
        String jaas = "audiences.kafka.sasl-jaas-config";
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                oAuth("kafka")
                        .here(jaas, "{{env:KAFKA_CLIENT_SECRET}}", "wrong-secret-4f1d")
                        .properties())) {
            await().untilAsserted(() -> assertThat(bundle.problem("kafka-inbound"))
                    .contains("no consumer can be created", "response code 401")
                    .doesNotContain("wrong-secret"));
            assertThat(launchDarkly.taken()).isEmpty();
        }
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                oAuth("http,kafka")
                        .here(jaas, "{{env:KAFKA_CLIENT_SECRET}}", TokenServer.SECRET)
                        .properties())) {
            assertThat(bundle.post(entered("u2").toString()).status()).isEqualTo(202);
            await().until(() -> committed() == 2);
            assertThat(launchDarkly.taken()).containsExactlyInAnyOrder("u1", "u2");
        }
    }

    private Recipe oAuth(String inbound) {
        return Recipe.under("Kafka with OAuth 2.0")
                .here("audiences.kafka.security-protocol", "SASL_PLAINTEXT")
                .here("audiences.kafka.client.sasl.oauthbearer.token.endpoint.url", tokens.url())
                .also("audiences.inbound", inbound)
                .also("audiences.inbound.http.mode", inbound.equals("kafka") ? "deliver" : "enqueue")
                .also(BROKERS, kafka.servers(takesTokens))
                .also(TOPIC, name)
                .also(GROUP, name);
    }

    @Test
    void files(@TempDir Path inbox) throws IOException {
        launchDarkly.answer(503);
        Path part = Files.writeString(inbox.resolve("part"), entered("u1") + "\njunk\n" + entered("u2") + "\n");
        Files.setLastModifiedTime(part, FileTime.from(Instant.now().minusSeconds(60)));
        Path file = Files.move(part, inbox.resolve("events.ndjson"));
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                Recipe.under("Files")
                        .here("audiences.inbound.file.directory", inbox.toString())
                        .properties())) {
            await().until(() -> launchDarkly.requests().size() > 2);
            assertThat(file).exists();

            launchDarkly.answer(204);
            await().until(() -> Files.exists(inbox.resolve(".done/events.ndjson")));
            assertThat(launchDarkly.taken()).containsExactlyInAnyOrder("u1", "u2");
            assertThat(bundle.deadLetters())
                    .extracting(letter -> letter.at("/source/line").asInt())
                    .containsExactly(2);
        }
    }

    @Test
    void launchDarklyToTheSandboxAndBack() {
        String heading = "LaunchDarkly to the sandbox, and back";
        String prefix = "audiences.destination.launchdarkly.";
        Recipe back = Recipe.under(heading, 2, 2)
                .here(prefix + "service-token", LaunchDarklyStub.TOKEN)
                .here(prefix + "client-side-id", "test-client-id")
                .here(prefix + "api-url", launchDarkly.url())
                .here(prefix + "sdk-url", launchDarkly.url());

        try (RunningBundle bundle = RunningBundle.start(back.properties())) {
            assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(200);
        }
        assertThat(launchDarkly.taken()).containsExactly("u1");

        // On top of what a profile, say, has set for LaunchDarkly.
        String[] toSandbox = Recipe.under(heading, 1, 2).properties();
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, toSandbox)) {
            assertThat(bundle.post(array(entered("u2"), 17)).status()).isEqualTo(200);
            assertThat(bundle.included("aud_1")).containsExactly("u2");
            assertThat(bundle.deadLetters()).hasSize(1);
        }
        assertThat(launchDarkly.taken()).containsExactly("u1");

        try (RunningBundle bundle = RunningBundle.start(back.properties())) {
            assertThat(bundle.sandbox()).isNull();
            assertThat(bundle.post(entered("u3").toString()).status()).isEqualTo(200);
        }
        assertThat(launchDarkly.taken()).containsExactlyInAnyOrder("u1", "u3");
    }

    @Test
    void deadLettersToKafka() throws IOException {
        kafka.createTopic(name, 1);
        Recipe recipe = Recipe.under("Dead letters to Kafka")
                .here(BROKERS, kafka.bootstrapServers())
                .here("audiences.dead-letter.uri", "audience-dead-letters", name);
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, recipe.properties())) {
            assertThat(bundle.post(array("17", entered("u1"), "18")).status()).isEqualTo(200);
            // The answer must not come before the letters are there.
            assertThat(kafka.endOffset(name)).isEqualTo(2);
            assertThat(launchDarkly.taken()).containsExactly("u1");
            assertThat(letters())
                    .extracting(letter -> letter.path("text").asText())
                    .containsExactly("17", "18");
        }
    }

    @Test
    void deadLettersToAQueue() throws IOException {
        try (JmsBroker broker = JmsBroker.start("")) {
            Recipe recipe = Recipe.under("Dead letters to a queue")
                    // An attempt to connect to nobody takes as long as that, and two seconds otherwise.
                    .here("camel.beans.broker.brokerURL", broker.url() + "?retryInterval=50")
                    .here("camel.beans.broker.user", JmsBroker.USER)
                    .here("camel.beans.broker.password", JmsBroker.PASSWORD)
                    // The first connection takes its time on a busy machine.
                    .also("audiences.inbound.http.reply-timeout-ms", "20000");
            try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, recipe.properties())) {
                assertThat(bundle.post(array("17", entered("u1"))).status()).isEqualTo(200);
                assertThat(broker.messages("audience-dead-letters")).isEqualTo(1);
                assertThat(launchDarkly.taken()).containsExactly("u1");
                assertThat(json(broker.receive("audience-dead-letters"))
                                .path("text")
                                .asText())
                        .isEqualTo("17");

                broker.stop();
                assertThat(bundle.post(array("18", entered("u2"))).status()).isEqualTo(503);
                assertThat(launchDarkly.taken()).contains("u2");
                broker.restart();
                await().until(() -> bundle.post(array("18", entered("u2"))).status() == 200);
                assertThat(broker.messages("audience-dead-letters")).isPositive();
            }
        }
    }

    private Recipe kafkaRecipe(String heading, int number, int count) {
        return Recipe.under(heading, number, count)
                .here(BROKERS, kafka.bootstrapServers())
                .here(TOPIC, name)
                .here(GROUP, name);
    }

    private void produce(Object... values) {
        kafka.produce(
                name,
                Stream.of(values)
                        .map(value -> new ProducerRecord<byte[], byte[]>(
                                name, value.toString().getBytes(StandardCharsets.UTF_8)))
                        .toList());
    }

    private long committed() {
        var offset = kafka.committed(name).get(new TopicPartition(name, 0));
        return offset == null ? 0 : offset.offset();
    }

    private List<JsonNode> letters() {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(name, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            return await().until(
                            () -> Stream.of(consumer.poll(Duration.ofSeconds(1)))
                                    .flatMap(records -> records.records(partition).stream())
                                    .map(record -> json(record.value()))
                                    .toList(),
                            found -> !found.isEmpty());
        }
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
