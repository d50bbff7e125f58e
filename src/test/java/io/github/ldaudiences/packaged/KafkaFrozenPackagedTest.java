package io.github.ldaudiences.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.BundleProcess;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.Memberships;
import io.github.ldaudiences.sandbox.Fault;
import io.github.ldaudiences.sandbox.Sandbox;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A process that was frozen for longer than its session comes back with what it had, and must not send it. */
@Tag("packaged")
@Tag("kafka")
class KafkaFrozenPackagedTest {

    private static final String TOPIC = "frozen";
    private static final String GROUP = "frozen-group";
    private static final Duration LONG = Duration.ofMinutes(2);

    @Test
    void aFrozenProcessSendsNothingOfWhatOthersHaveTakenOver() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start();
                Sandbox sandbox = new Sandbox(0, "token", Set.of("environment"));
                BundleProcess first = process(broker, sandbox, "first");
                BundleProcess second = process(broker, sandbox, "second")) {
            broker.createTopic(TOPIC, 1);
            sandbox.add(Fault.status(503, 0));
            first.start();
            send(broker, AudienceEvent.entered("u1"));
            // Between two attempts: the next one is due as soon as it can go on.
            await().atMost(LONG)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> Files.exists(first.output())
                            && Files.readString(first.output()).contains("attempt(s) failed"));
            first.freeze();
            sandbox.clearFaults();

            second.start();
            until(() -> committed(broker) == 1);
            // Of the same time as the first: only the order of arrival says that it is newer.
            send(broker, AudienceEvent.left("u1"));
            until(() -> committed(broker) == 2);
            assertThat(Memberships.of(sandbox)).containsExactly(Map.entry("aud_1 u1", false));
            int before = sandbox.stats().path("members").asInt();

            first.thaw();
            until(() -> broker.partitionsOfMembers(GROUP).size() == 2);
            send(broker, AudienceEvent.entered("u2"));
            until(() -> committed(broker) == 3);
            assertThat(Memberships.of(sandbox)).containsOnly(Map.entry("aud_1 u1", false), Map.entry("aud_1 u2", true));
            assertThat(sandbox.stats().path("members").asInt()).isEqualTo(before + 1);
        }
    }

    private static BundleProcess process(KafkaBroker broker, Sandbox sandbox, String name) {
        return BundleProcess.in("frozen-" + name)
                .shortLived()
                .jvm("-Xmx256m")
                .properties(Map.of(
                        "audiences.inbound.kafka.session-timeout-ms", "6000",
                        "audiences.inbound.kafka.delivery-timeout-ms", "4000",
                        "audiences.delivery.retry-delay-ms", "300",
                        "audiences.delivery.max-retry-delay-ms", "300"))
                .launchDarkly(sandbox.url(), "token", "environment")
                .environment("AUDIENCES_INBOUND", "kafka")
                .environment("KAFKA_BROKERS", broker.bootstrapServers())
                .environment("KAFKA_TOPIC", TOPIC)
                .environment("KAFKA_GROUP", GROUP);
    }

    private static void send(KafkaBroker broker, AudienceEvent event) {
        broker.produce(
                TOPIC, List.of(new ProducerRecord<>(TOPIC, event.toString().getBytes(StandardCharsets.UTF_8))));
    }

    private static long committed(KafkaBroker broker) {
        return broker.committed(GROUP).values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(LONG).until(condition);
    }
}
