package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.MalformedText;
import io.github.ldaudiences.fixture.MalformedText.Document;
import io.github.ldaudiences.fixture.Memberships;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.sandbox.Fault;
import io.github.ldaudiences.sandbox.Sandbox;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Events from a real broker: what arrives, what is committed, and when nothing may be. */
@Tag("kafka")
class InboundKafkaTest {

    private static final String GROUP = "bundle";
    private static final Duration SOON = Duration.ofSeconds(30);

    @AutoClose
    private static KafkaBroker broker = KafkaBroker.start();

    private String topic;

    @BeforeEach
    void nameTopic(TestInfo test) {
        topic = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void aValueIsOneEventAnArrayOrABatchObject() {
        broker.createTopic(topic, 3);
        var context = AudienceEvent.entered("u4").json().remove("context");
        var third = AudienceEvent.entered("u4").json();
        third.remove("context");
        send(0, AudienceEvent.entered("u1"));
        send(1, AudienceEvent.array(AudienceEvent.entered("u2"), AudienceEvent.left("u3")));
        send(2, "{\"batch\":[" + third + "],\"context\":" + context + "}");
        try (RunningBundle bundle = start()) {
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(bundle.included("aud_1")).containsExactly("u1", "u2", "u4");
                assertThat(bundle.excluded("aud_1")).containsExactly("u3");
                assertThat(committed()).isEqualTo(Map.of(0, 1L, 1, 1L, 2, 1L));
            });
        }
    }

    @Test
    void whatIsNoEventGoesToTheDeadLetterAndTheOffsetMovesOn() {
        broker.createTopic(topic, 1);
        List<String> junk = Arrays.asList(
                "{\"type\":",
                null,
                "",
                "17",
                "[]",
                "{\"type\":\"identify\",\"a\":" + "[".repeat(300) + "]".repeat(300) + "}",
                "{\"type\":\"identify\",\"a\":\"" + "x".repeat(70_000) + "\"}",
                "\u00ff\u00fe",
                "{\"type\":\"page\"}",
                AudienceEvent.identify("aud_1", "vip_customers", true).toString());
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < junk.size(); i++) {
            values.add(junk.get(i));
            values.add(AudienceEvent.entered("u" + i));
        }
        send(0, values.toArray());
        try (RunningBundle bundle = start()) {
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 20L)));
            assertThat(bundle.included("aud_1")).hasSize(10);
            // Neither an empty array nor a page is an error.
            List<JsonNode> letters = bundle.deadLetters();
            assertThat(letters)
                    .extracting(letter -> letter.at("/source/offset").asInt())
                    .containsExactlyInAnyOrder(0, 2, 4, 6, 10, 12, 14, 18);
            assertThat(letters).allSatisfy(letter -> {
                assertThat(letter.at("/source/topic").asText()).isEqualTo(topic);
                assertThat(letter.at("/source/partition").asInt(-1)).isZero();
                assertThat(letter.path("reason").asText()).isNotBlank();
            });
            assertThat(letters)
                    .filteredOn(letter -> letter.at("/source/offset").asInt() == 2)
                    .allSatisfy(letter ->
                            assertThat(letter.path("reason").asText()).isEqualTo("The message has no value."));
        }
    }

    @Test
    void valuesOfASchemaRegistryAndTextsOfJsonAreRead() {
        broker.createTopic(topic, 1);
        byte[] confluent = {0, 0, 0, 0, 7};
        byte[] apicurio = {0, 0, 0, 0, 0, 0, 0, 0, (byte) 0x87};
        byte[] avro = join(confluent, new byte[] {4, 'u', '0', 1});
        byte[] two = join(confluent, bytes(AudienceEvent.array(AudienceEvent.entered("u4"), AudienceEvent.left("u5"))));
        broker.produce(
                topic,
                Stream.of(
                                join(
                                        confluent,
                                        bytes(AudienceEvent.entered("u1").toString())),
                                avro,
                                join(apicurio, bytes(AudienceEvent.entered("u2").toString())),
                                bytes(TextNode.valueOf(
                                                AudienceEvent.entered("u3").toString())
                                        .toString()),
                                two)
                        .map(value -> new ProducerRecord<byte[], byte[]>(topic, 0, null, value))
                        .toList());
        List<JsonNode> letters;
        try (RunningBundle bundle = start("audiences.inbound.http.max-events", "1")) {
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 5L)));
            assertThat(bundle.included("aud_1")).containsExactly("u1", "u2", "u3");
            letters = bundle.deadLetters();
        }
        assertThat(letters)
                .extracting(letter -> bytes(letter.path("text").asText()))
                .containsExactly(avro, two);
        assertThat(letters.get(0).path("reason").asText()).contains("The message looks like Avro or Protobuf");
        try (RunningBundle bundle = RunningBundle.start("audiences.replay", "on")) {
            assertThat(bundle.replay("?force=true", letters.get(1)).count("delivered"))
                    .isEqualTo(2);
            assertThat(bundle.included("aud_1")).containsExactly("u4");
        }
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Test
    void malformedTextIsRejectedWhereverItStandsAndItsNeighboursAreDelivered() {
        broker.createTopic(topic, 1);
        List<Document> documents = MalformedText.documents();
        broker.produce(
                topic,
                documents.stream()
                        .map(document -> new ProducerRecord<byte[], byte[]>(topic, 0, null, document.bytes()))
                        .toList());
        try (RunningBundle bundle = start()) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, (long) documents.size())));
            MalformedText.assertSettled(bundle, documents);
        }
    }

    @Test
    void headersOfARecordSteerNothing() {
        broker.createTopic(topic, 1);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic, 0, null, bytes(AudienceEvent.entered("u1").toString()));
        for (String name :
                List.of("kafka.OFFSET", "kafka.TOPIC", "kafka.PARTITION", "CamelKafkaOffset", "CamelHttpUri")) {
            record.headers().add(new RecordHeader(name, bytes("http://127.0.0.1:1/")));
        }
        broker.produce(topic, List.of(record));
        try (RunningBundle bundle = start()) {
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 1L)));
            assertThat(bundle.included("aud_1")).containsExactly("u1");
        }
    }

    /** Offsets belong to a group and a topic: if either had another name by default, all of it would be read again. */
    @Test
    void theGroupGoesOnWhereAnEarlierVersionStopped() {
        topic = "audience-events";
        String group = "launchdarkly-audiences";
        broker.createTopic(topic, 3);
        for (int partition = 0; partition < 3; partition++) {
            send(
                    partition,
                    AudienceEvent.entered("read" + partition),
                    AudienceEvent.left("read too" + partition),
                    AudienceEvent.entered("unread" + partition));
        }
        commitAsAMemberOf(
                group,
                Map.of(
                        new TopicPartition(topic, 0),
                        new OffsetAndMetadata(2),
                        // As one that an administrator's tool, or Kafka's own client, has committed.
                        new TopicPartition(topic, 1),
                        new OffsetAndMetadata(2, Optional.of(0), "by hand")));
        try (RunningBundle bundle = RunningBundle.start(
                "audiences.inbound", "kafka", "audiences.kafka.brokers", broker.bootstrapServers())) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(broker.committed(group).values())
                            .hasSize(3)
                            .allSatisfy(offset -> assertThat(offset.offset()).isEqualTo(3)));
            assertThat(bundle.included("aud_1")).containsExactlyInAnyOrder("unread0", "unread1", "read2", "unread2");
            assertThat(bundle.excluded("aud_1")).containsExactly("read too2");
            assertThat(counter(bundle, "audiences.events", "delivered")).isEqualTo(5);
            assertThat(broker.committed(group).values())
                    .as("nothing that an earlier version would not know")
                    .allSatisfy(offset -> assertThat(offset.metadata()).isEmpty());
        }
    }

    private static void commitAsAMemberOf(String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
        Map<String, Object> properties =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "group.id", group, "enable.auto.commit", false);
        try (KafkaConsumer<byte[], byte[]> member =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            member.subscribe(
                    offsets.keySet().stream().map(TopicPartition::topic).toList());
            await().atMost(SOON).until(() -> {
                member.poll(Duration.ofMillis(100));
                return !member.assignment().isEmpty();
            });
            member.commitSync(offsets);
        }
    }

    @Test
    void aSmallTopicDoesNotWaitForABatchToFill() {
        broker.createTopic(topic, 2);
        try (RunningBundle bundle = start("audiences.batch.max-wait-ms", "600000")) {
            send(0, AudienceEvent.entered("u1"));
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 1L)));
            send(1, AudienceEvent.entered("u2"));
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 1L, 1, 1L)));
            assertThat(bundle.included("aud_1")).containsExactly("u1", "u2");
        }
    }

    @Test
    void aBigTopicFillsBatches() {
        broker.createTopic(topic, 4);
        int perAudience = 5_000;
        for (int partition = 0; partition < 4; partition++) {
            int first = partition * perAudience / 4;
            send(
                    partition,
                    IntStream.range(first, first + perAudience / 4)
                            .boxed()
                            .flatMap(i -> List.of(
                                    AudienceEvent.identify("aud_a", "a", true).user("u" + i),
                                    AudienceEvent.identify("aud_b", "b", true).user("u" + i))
                                    .stream())
                            .toArray());
        }
        try (RunningBundle bundle =
                start("audiences.batch.max-wait-ms", "20000", "audiences.inbound.kafka.max-poll-records", "100")) {
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                assertThat(bundle.included("aud_a")).hasSize(perAudience);
                assertThat(bundle.included("aud_b")).hasSize(perAudience);
                assertThat(lag()).isZero();
            });
            assertThat(lagMeter(bundle)).isZero();
            // 10 are the fewest. One more for each audience where reading paused before the end of the topic.
            assertThat(bundle.sandbox().stats().path("requests").asInt()).isBetween(10, 14);
        }
    }

    @Test
    void whileLaunchDarklyIsAwayNothingIsCommittedNorReadAgain() {
        broker.createTopic(topic, 3);
        // Longer than events may be sent without a sign of life to the group.
        try (RunningBundle bundle = start(
                "audiences.inbound.kafka.delivery-timeout-ms", "4000",
                "audiences.inbound.kafka.session-timeout-ms", "6000",
                "audiences.delivery.max-retry-delay-ms", "1000")) {
            bundle.sandbox().add(Fault.status(503, 0));
            for (int partition = 0; partition < 3; partition++) {
                send(partition, AudienceEvent.entered("u" + partition), AudienceEvent.left("v" + partition));
            }
            await().atMost(SOON).until(() -> requests(bundle) > 12);
            assertThat(committed()).isEmpty();
            assertThat(lagMeter(bundle)).isEqualTo(6);
            bundle.sandbox().clearFaults();
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 2L, 1, 2L, 2, 2L)));
            assertThat(counter(bundle, "audiences.events", "delivered")).isEqualTo(6);
            assertThat(counter(bundle, "audiences.events", "failed")).isZero();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(lagMeter(bundle)).isZero());
        }
    }

    @Test
    void aRefusedTokenHoldsWhatHasBeenReadUntilItIsMended() {
        broker.createTopic(topic, 3);
        try (RunningBundle bundle = start(
                "audiences.delivery.probe-interval-ms", "50",
                "audiences.delivery.max-retry-delay-ms", "50")) {
            bundle.sandbox().add(Fault.status(401, 0));
            for (int partition = 0; partition < 3; partition++) {
                send(partition, AudienceEvent.entered("u" + partition), AudienceEvent.left("v" + partition));
            }
            await().atMost(SOON).until(() -> requests(bundle) > 6);
            assertThat(bundle.problem("access-to-launchdarkly")).contains("LaunchDarkly answered 401");
            assertThat(committed()).isEmpty();
            bundle.sandbox().clearFaults();
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 2L, 1, 2L, 2, 2L)));
            assertThat(counter(bundle, "audiences.events", "delivered")).isEqualTo(6);
            assertThat(counter(bundle, "audiences.events", "failed")).isZero();
            assertThat(bundle.deadLetters()).isEmpty();
            assertThat(bundle.problem("access-to-launchdarkly")).isNull();
        }
    }

    @Test
    void whatCannotBeSettledIsReadAgainUntilItCan(@TempDir Path folder) throws Exception {
        broker.createTopic(topic, 3);
        Path deadLetters = Files.createFile(folder.resolve("dead-letter")); // a file where the folder should be
        try (RunningBundle bundle = start(
                "audiences.dead-letter.uri", "file:" + deadLetters,
                "audiences.inbound.kafka.retry-delay-ms", "50",
                "audiences.inbound.kafka.max-retry-delay-ms", "200",
                "audiences.inbound.kafka.poll-wait-ms", "20")) {
            for (int partition = 0; partition < 3; partition++) {
                send(
                        partition,
                        AudienceEvent.entered("u" + partition),
                        "no event",
                        AudienceEvent.left("v" + partition));
            }
            // Several rounds of giving up and reading again.
            await().atMost(SOON).until(() -> counter(bundle, "audiences.events", "failed") > 27);
            assertThat(committed()).isEmpty();
            Files.delete(deadLetters);
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 3L, 1, 3L, 2, 3L)));
            assertThat(bundle.included("aud_1")).containsExactly("u0", "u1", "u2");
            assertThat(bundle.excluded("aud_1")).containsExactly("v0", "v1", "v2");
            assertThat(bundle.rejectedEvents()).isEqualTo(3);
            try (Stream<Path> files = Files.list(deadLetters)) {
                assertThat(Files.readAllLines(files.findFirst().orElseThrow())).hasSize(3);
            }
            assertThat(bundle.sandbox().stats().path("overlaps").asInt()).isZero();
        }
    }

    @Test
    void whatAnotherMemberOfTheGroupTakesOverIsDeadLetteredOnce() throws Exception {
        broker.createTopic(topic, 2);
        String[] properties = {
            "audiences.inbound.kafka.drain-timeout-ms", "200",
            // The group tells its members of a newcomer with a heartbeat.
            "audiences.inbound.kafka.session-timeout-ms", "6000",
            "audiences.inbound.kafka.delivery-timeout-ms", "4000",
            "audiences.delivery.max-retry-delay-ms", "200"
        };
        try (Sandbox sandbox = new Sandbox(0, "token", Set.of("environment"));
                RunningBundle first = startAgainst(sandbox, properties)) {
            sandbox.add(Fault.status(503, 0));
            send(0, "no event", AudienceEvent.entered("u0"));
            send(1, "no event", AudienceEvent.entered("u1"));
            await().atMost(SOON).until(() -> first.backlogEvents() == 4);
            try (RunningBundle second = startAgainst(sandbox, properties)) {
                await().atMost(SOON).until(() -> second.backlogEvents() > 0);
                assertThat(committed()).isEmpty();
                sandbox.clearFaults();
                await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 2L, 1, 2L)));
                List<JsonNode> letters = new ArrayList<>(first.deadLetters());
                letters.addAll(second.deadLetters());
                assertThat(letters)
                        .extracting(letter -> letter.at("/source/partition").asInt())
                        .containsExactlyInAnyOrder(0, 1);
                assertThat(first.rejectedEvents() + second.rejectedEvents()).isEqualTo(2);
            }
        }
    }

    @Test
    void aTopicOfJunkIsReadThroughHoweverSmallTheBacklogIs() {
        broker.createTopic(topic, 2);
        int records = 4_000;
        for (int partition = 0; partition < 2; partition++) {
            send(partition, Collections.nCopies(records, "junk").toArray());
        }
        try (RunningBundle bundle =
                start("audiences.backlog.max-events", "100", "audiences.inbound.kafka.max-poll-records", "500")) {
            await().atMost(SOON).untilAsserted(() -> assertThat(lag()).isZero());
            assertThat(bundle.deadLetters()).hasSize(2 * records);
            assertThat(bundle.rejectedEvents()).isEqualTo(2 * records);
        }
    }

    /** Camel asks for the committed offsets to go back there, and skips a record if it cannot have them. */
    @Test
    void resumingWhileTheBrokersAreAwaySkipsNothing() throws Exception {
        try (KafkaBroker own = KafkaBroker.start()) {
            own.createTopic(topic, 1);
            try (RunningBundle bundle = start(
                    "audiences.kafka.brokers",
                    own.bootstrapServers(),
                    "audiences.inbound.kafka.uri",
                    "kafka:" + topic + "?groupId=own"
                            + "&additionalProperties.default.api.timeout.ms=1000&consumerRequestTimeoutMs=1000")) {
                own.produce(
                        topic,
                        List.of(new ProducerRecord<>(
                                topic, bytes(AudienceEvent.left("u0").toString()))));
                await().atMost(SOON).until(() -> !own.committed("own").isEmpty());
                bundle.context().getRouteController().suspendRoute("inbound-kafka");
                Object[] events = IntStream.range(0, 20)
                        .mapToObj(i -> AudienceEvent.entered("u" + i))
                        .toArray();
                own.produce(
                        topic,
                        Arrays.stream(events)
                                .map(event -> new ProducerRecord<byte[], byte[]>(topic, bytes(event.toString())))
                                .toList());
                own.stop();
                bundle.context().getRouteController().resumeRoute("inbound-kafka");
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(health(bundle)).startsWith("DOWN"));
                own.restart();
                await().atMost(SOON).untilAsserted(() -> assertThat(bundle.included("aud_1"))
                        .hasSize(20));
            }
        }
    }

    @Test
    void behindTheThrottleBatchesFill() {
        broker.createTopic(topic, 1);
        int audiences = 100;
        int events = 6_000;
        send(
                0,
                IntStream.range(0, events)
                        .mapToObj(i -> AudienceEvent.identify("aud_" + i % audiences, "key", true)
                                .user("u" + i))
                        .toArray());
        try (RunningBundle bundle = start(
                "audiences.batch.max-wait-ms", "20",
                "audiences.inbound.kafka.max-poll-records", "100",
                "audiences.delivery.max-requests", "10",
                "audiences.delivery.throttle-period-ms", "200")) {
            await().atMost(Duration.ofMinutes(2))
                    .untilAsserted(() -> assertThat(lag()).isZero());
            // Each poll brings one event of each audience; without company each would be a request.
            assertThat(requests(bundle)).isLessThan(events / 6);
        }
    }

    @Test
    void oneFailingAudienceHoldsUpNoOtherPartitionAndNoOtherAudience() {
        broker.createTopic(topic, 2);
        try (RunningBundle bundle = start(
                "audiences.inbound.kafka.delivery-timeout-ms", "1500",
                "audiences.inbound.kafka.retry-delay-ms", "50",
                "audiences.inbound.kafka.poll-wait-ms", "20")) {
            bundle.sandbox().add(Fault.status(503, 0).forCohort("aud_bad"));
            send(
                    0,
                    AudienceEvent.entered("u1"),
                    AudienceEvent.identify("aud_bad", "bad", true).user("u1"),
                    AudienceEvent.entered("u2"));
            for (int i = 0; i < 5; i++) {
                send(1, AudienceEvent.entered("w" + i));
                long next = i + 1;
                await().atMost(SOON).untilAsserted(() -> assertThat(committed()).containsEntry(1, next));
            }
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(bundle.included("aud_1")).contains("u1", "u2"));
            assertThat(committed().getOrDefault(0, 0L)).isLessThanOrEqualTo(1);
            bundle.sandbox().clearFaults();
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 3L, 1, 5L)));
            assertThat(bundle.included("aud_bad")).containsExactly("u1");
        }
    }

    /** Camel 4.18.0 would commit the consumer's position here: records that were only polled, or failed. */
    @Test
    void stoppingCommitsNothingThatIsNotDelivered() {
        broker.createTopic(topic, 2);
        try (RunningBundle bundle = start("audiences.inbound.kafka.drain-timeout-ms", "200")) {
            bundle.sandbox().add(Fault.status(503, 0));
            send(0, AudienceEvent.entered("u1"));
            send(1, AudienceEvent.entered("u2"));
            await().atMost(SOON).until(() -> requests(bundle) > 0);
        }
        assertThat(committed()).isEmpty();
        try (RunningBundle bundle = start()) {
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 1L, 1, 1L)));
            assertThat(bundle.included("aud_1")).containsExactly("u1", "u2");
        }
    }

    @Test
    void stoppingDeliversAndCommitsWhatIsUnderWay() {
        broker.createTopic(topic, 2);
        RunningBundle bundle = start("audiences.batch.max-wait-ms", "20000");
        bundle.sandbox().add(Fault.status(0, 1).after(1_000));
        send(0, AudienceEvent.entered("u1"));
        send(1, AudienceEvent.entered("u2"));
        await().atMost(SOON).until(() -> requests(bundle) > 0);
        bundle.close();
        assertThat(committed()).isEqualTo(Map.of(0, 1L, 1, 1L));
    }

    @Test
    void membersOfAGroupSharePartitionsAndHandThemOver() throws Exception {
        broker.createTopic(topic, 6);
        Map<String, Boolean> expected = new TreeMap<>();
        try (Sandbox sandbox = new Sandbox(0, "token", Set.of("environment"));
                RunningBundle first = startAgainst(sandbox, "audiences.inbound.kafka.consumers", "2")) {
            flips(expected, 0, 300);
            await().atMost(SOON).until(() -> lag() < 1000);
            try (RunningBundle second = startAgainst(sandbox)) {
                // The topic stays busy until the second one has its share.
                for (int from = 300; counter(second, "audiences.events", "delivered") == 0; from += 20) {
                    flips(expected, from, from + 20);
                }
            }
            flips(expected, 1_000_000, 1_000_100);
            await().atMost(SOON).untilAsserted(() -> assertThat(lag()).isZero());
            assertThat(Memberships.of(sandbox)).isEqualTo(expected);
            assertThat(sandbox.stats().path("overlaps").asInt()).isZero();
        }
    }

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
    void aDeliveryTimeoutThatOutlivesTheSessionIsRefused() {
        topic = "any";
        for (String limit : Set.of("session-timeout-ms", "max-poll-interval-ms")) {
            assertThatThrownBy(() -> start(
                            "audiences.inbound.kafka.delivery-timeout-ms",
                            "40000",
                            "audiences.inbound.kafka." + limit,
                            "40000"))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("audiences.inbound.kafka.delivery-timeout-ms=40000")
                    .hasMessageContaining("less than audiences.inbound.kafka." + limit + "=40000");
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
    void aProcessWithAnInstanceIdHasItsPartitionsAgainAndTheOthersKeepTheirs() {
        broker.createTopic(topic, 6);
        String[] first = {"audiences.inbound.kafka.instance-id", "pod-0", "audiences.inbound.kafka.consumers", "2"};
        try (RunningBundle other = start("audiences.inbound.kafka.instance-id", "pod-1")) {
            Map<String, Set<TopicPartition>> before;
            try (RunningBundle bundle = start(first)) {
                await().atMost(SOON).until(() -> partitionsOfInstances().values().stream()
                        .map(Set::size)
                        .toList()
                        .equals(List.of(2, 2, 2)));
                before = partitionsOfInstances();
                assertThat(bundle.problem("kafka-inbound")).isNull();
                assertThat(before).containsOnlyKeys("pod-0-1", "pod-0-2", "pod-1-1");
            }
            assertThat(partitionsOfInstances()).isEqualTo(before);
            for (int partition = 0; partition < 6; partition++) {
                send(partition, AudienceEvent.entered("u" + partition));
            }
            try (RunningBundle bundle = start(first)) {
                await().atMost(SOON).untilAsserted(() -> assertThat(lag()).isZero());
                assertThat(partitionsOfInstances()).isEqualTo(before);
                assertThat(bundle.included("aud_1")).hasSize(4);
                assertThat(other.included("aud_1")).hasSize(2);
            }
        }
    }

    @Test
    void ofTwoProcessesWithOneInstanceIdTheLaterOneGoesOn() {
        broker.createTopic(topic, 1);
        String[] same = {"audiences.inbound.kafka.instance-id", "pod-0"};
        try (RunningBundle first = start(same)) {
            send(0, AudienceEvent.entered("u1"));
            await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 1L)));
            try (RunningBundle second = start(same)) {
                await().atMost(SOON).untilAsserted(() -> assertThat(health(first))
                        .startsWith("DOWN")
                        .contains("another process has joined the group as pod-0-1"));
                send(0, AudienceEvent.entered("u2"));
                await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 2L)));
                assertThat(second.included("aud_1")).containsExactly("u2");
                assertThat(first.included("aud_1")).containsExactly("u1");
                assertThat(health(first)).startsWith("DOWN");
                assertThat(health(second)).startsWith("UP");
            }
        }
    }

    private Map<String, Set<TopicPartition>> partitionsOfInstances() {
        return broker.members(GROUP + topic).stream()
                .collect(
                        Collectors.toMap(member -> member.groupInstanceId().orElseThrow(), member -> member.assignment()
                                .topicPartitions()));
    }

    private RunningBundle start(String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "audiences.inbound",
                "kafka",
                "audiences.inbound.kafka.topic",
                topic,
                "audiences.inbound.kafka.group",
                GROUP + topic));
        all.addAll(List.of(properties));
        if (!all.contains("audiences.kafka.brokers")) {
            all.addAll(List.of("audiences.kafka.brokers", broker.bootstrapServers()));
        }
        return RunningBundle.start(all.toArray(String[]::new));
    }

    private RunningBundle startAgainst(Sandbox sandbox, String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "audiences.destination.launchdarkly.api-url", sandbox.url(),
                "audiences.destination.launchdarkly.service-token", "token",
                "audiences.destination.launchdarkly.client-side-id", "environment"));
        all.addAll(List.of(properties));
        return start(all.toArray(String[]::new));
    }

    private void flips(Map<String, Boolean> expected, int from, int to) {
        Map<Integer, List<Object>> byPartition = new TreeMap<>();
        for (int i = from; i < to; i++) {
            String user = "u" + i % 60;
            String audience = "aud_" + i % 7;
            boolean member = i % 3 != 0;
            expected.put(Memberships.key(audience, user), member);
            byPartition
                    .computeIfAbsent(Math.floorMod(user.hashCode(), 6), partition -> new ArrayList<>())
                    .add(AudienceEvent.identify(audience, "key", member)
                            .user(user)
                            .at(i));
        }
        byPartition.forEach((partition, events) -> send(partition, events.toArray()));
    }

    private void send(int partition, Object... values) {
        broker.produce(
                topic,
                Arrays.stream(values)
                        .map(value -> new ProducerRecord<byte[], byte[]>(
                                topic, partition, null, value == null ? null : bytes(value.toString())))
                        .toList());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Committed offsets by partition. */
    private Map<Integer, Long> committed() {
        Map<TopicPartition, OffsetAndMetadata> all = broker.committed(GROUP + topic);
        return all.entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().partition(), entry -> entry.getValue()
                        .offset()));
    }

    private long lag() {
        return broker.endOffset(topic)
                - committed().values().stream().mapToLong(Long::longValue).sum();
    }

    private static double lagMeter(RunningBundle bundle) {
        return bundle.context()
                .getRegistry()
                .findSingleByType(MeterRegistry.class)
                .get("audiences.kafka.lag")
                .gauge()
                .value();
    }

    private static double counter(RunningBundle bundle, String name, String outcome) {
        return bundle.context()
                .getRegistry()
                .findSingleByType(MeterRegistry.class)
                .get(name)
                .tag("outcome", outcome)
                .functionCounter()
                .count();
    }

    private static int requests(RunningBundle bundle) {
        return bundle.sandbox().stats().path("requests").asInt();
    }

    private static String health(RunningBundle bundle) {
        HealthCheck.Result result = HealthCheckHelper.invoke(bundle.context(), "full").stream()
                .filter(each -> each.getCheck().getId().equals("kafka-inbound"))
                .findFirst()
                .orElseThrow();
        return result.getState() + " " + result.getMessage().orElse("");
    }
}
