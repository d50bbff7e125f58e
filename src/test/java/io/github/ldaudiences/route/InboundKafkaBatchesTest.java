package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.RunningBundle;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How much is read and sent at once. */
@Tag("kafka")
class InboundKafkaBatchesTest extends ReadFromKafka {

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
}
