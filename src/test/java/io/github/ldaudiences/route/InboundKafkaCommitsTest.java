package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.sandbox.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which offsets are committed, and when none may be. */
@Tag("kafka")
class InboundKafkaCommitsTest extends ReadFromKafka {

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
    void whileLaunchDarklyIsAwayNothingIsCommittedNorReadAgain() {
        broker.createTopic(topic, 3);
        // Longer than events may be sent without a sign of life to the group.
        try (RunningBundle bundle = start(
                "audiences.inbound.kafka.delivery-timeout-ms", "4000",
                "audiences.inbound.kafka.session-timeout-ms", "6000",
                "audiences.delivery.max-retry-delay-ms", "500")) {
            bundle.sandbox().add(Fault.status(503, 0));
            sendTwoToEachPartition();
            await().atMost(SOON).until(() -> requests(bundle) > 12);
            assertThat(committed()).isEmpty();
            assertThat(lagMeter(bundle)).isEqualTo(6);
            bundle.sandbox().clearFaults();
            assertTheTwoOfEachPartitionAreDelivered(bundle);
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
            sendTwoToEachPartition();
            await().atMost(SOON).until(() -> requests(bundle) > 6);
            assertThat(bundle.problem("access-to-launchdarkly")).contains("LaunchDarkly answered 401");
            assertThat(committed()).isEmpty();
            bundle.sandbox().clearFaults();
            assertTheTwoOfEachPartitionAreDelivered(bundle);
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

    private void sendTwoToEachPartition() {
        for (int partition = 0; partition < 3; partition++) {
            send(partition, AudienceEvent.entered("u" + partition), AudienceEvent.left("v" + partition));
        }
    }

    private void assertTheTwoOfEachPartitionAreDelivered(RunningBundle bundle) {
        await().atMost(SOON).untilAsserted(() -> assertThat(committed()).isEqualTo(Map.of(0, 2L, 1, 2L, 2, 2L)));
        assertThat(counter(bundle, "audiences.events", "delivered")).isEqualTo(6);
        assertThat(counter(bundle, "audiences.events", "failed")).isZero();
    }
}
