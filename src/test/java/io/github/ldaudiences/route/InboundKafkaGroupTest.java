package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Memberships;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.sandbox.Fault;
import io.github.ldaudiences.sandbox.Sandbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several processes in one consumer group. */
@Tag("kafka")
class InboundKafkaGroupTest extends ReadFromKafka {

    @Test
    void membersOfAGroupSharePartitionsAndHandThemOver() throws Exception {
        broker.createTopic(topic, 6);
        Map<String, Boolean> expected = new TreeMap<>();
        try (Sandbox sandbox = new Sandbox(0, "token", Set.of("environment"));
                RunningBundle first = startAgainst(sandbox, "audiences.inbound.kafka.consumers", "2")) {
            flips(expected, 0, 300);
            await().atMost(SOON).until(() -> lag() < 300);
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

    @Test
    void whatAnotherMemberOfTheGroupTakesOverIsDeadLetteredOnce() throws Exception {
        broker.createTopic(topic, 2);
        String[] properties = {
            "audiences.inbound.kafka.drain-timeout-ms", "200",
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

    @Override
    RunningBundle start(String... properties) {
        // Members hear of a newcomer with a heartbeat, and send four in this time.
        List<String> all = new ArrayList<>(List.of("audiences.inbound.kafka.delivery-timeout-ms", "4000"));
        all.addAll(List.of(properties));
        return super.start(all.toArray(String[]::new));
    }

    private RunningBundle startAgainst(Sandbox sandbox, String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "audiences.destination.launchdarkly.api-url",
                sandbox.url(),
                "audiences.destination.launchdarkly.sdk-url",
                sandbox.url(),
                "audiences.destination.launchdarkly.service-token",
                "token",
                "audiences.destination.launchdarkly.client-side-id",
                "environment"));
        all.addAll(List.of(properties));
        return start(all.toArray(String[]::new));
    }
}
