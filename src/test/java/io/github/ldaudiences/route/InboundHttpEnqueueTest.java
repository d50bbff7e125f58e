package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Compressed;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.sandbox.Fault;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The HTTP inbound as a gateway in front of Kafka. */
@Tag("http")
class InboundHttpEnqueueTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private static KafkaBroker broker;
    private static RunningBundle bundle;

    @BeforeAll
    static void startGateway() {
        broker = KafkaBroker.start();
        broker.createTopic("audience-events", 4);
        bundle = RunningBundle.start(
                "audiences.inbound", "http,kafka",
                "audiences.inbound.http.mode", "enqueue",
                "audiences.inbound.http.segment-api", "on",
                "audiences.inbound.http.reply-timeout-ms", "2000",
                "audiences.kafka.brokers", broker.bootstrapServers(),
                "audiences.kafka.client.max.request.size", "50000",
                "audiences.inbound.kafka.poll-wait-ms", "50");
    }

    @AfterAll
    static void stopGateway() {
        bundle.close();
        broker.close();
    }

    @Test
    void theAnswerComesWhenTheBrokersHaveTheEventsAndDeliveryFollows() {
        bundle.sandbox().add(Fault.status(503, 3));
        Reply reply = bundle.post(
                AudienceEvent.identify("aud_one", "vip", true).user("u1").toString());
        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.json().toString())
                .isEqualTo("{\"received\":1,\"enqueued\":1,\"rejected\":0,\"rejections\":[]}");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.included("aud_one")).containsExactly("u1"));
    }

    @Test
    void propertiesOfKafkasClientsArePassedOn() {
        ObjectNode event = AudienceEvent.identify("aud_size", "vip", true).json();
        event.put("padding", "x".repeat(45_000));
        assertThat(bundle.post(event.toString()).status()).isEqualTo(202);
        // Less than audiences.event.max-bytes, and more than the limit of the producer.
        event.put("padding", "x".repeat(55_000));
        assertThat(bundle.post(event.toString()).status()).isEqualTo(503);
    }

    @Test
    void whatTheBatchSharesGoesWithEachEvent() {
        ObjectNode event =
                AudienceEvent.identify("aud_shared", "vip", true).user("u1").json();
        var context = event.remove("context");
        Reply reply = bundle.post("{\"batch\":[" + event + "],\"context\":" + context + "}");
        assertThat(reply.status()).isEqualTo(202);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.included("aud_shared")).containsExactly("u1"));
    }

    @Test
    void aCallOfSegmentsApiIsEnqueuedWithTheTypeOfItsPath() {
        ObjectNode event = AudienceEvent.identify("aud_call", "vip", true)
                .user("u1")
                .json()
                .without("type");
        Reply reply = bundle.send(bundle.request("/v1/identify", "application/json")
                .POST(BodyPublishers.ofString(event.toString()))
                .build());
        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.json().toString())
                .isEqualTo("{\"success\":true,\"received\":1,\"enqueued\":1,\"rejected\":0,\"rejections\":[]}");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.included("aud_call")).containsExactly("u1"));
    }

    @Test
    void whatIsNoEventIsRejectedAtOnceAndTheOthersAreEnqueued() {
        Reply reply = bundle.post(
                array(17, AudienceEvent.identify("aud_mixed", "vip", true).user("u1"), "\"text\""));
        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.count("enqueued")).isEqualTo(1);
        assertThat(reply.count("rejected")).isEqualTo(2);
        assertThat(reply.reason(0)).contains("must be a JSON object");
        assertThat(bundle.deadLetters())
                .anySatisfy(letter -> assertThat(letter.path("text").asText()).isEqualTo("17"));
        assertThat(bundle.post("{").status()).isEqualTo(400);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.included("aud_mixed")).containsExactly("u1"));
    }

    @Test
    void theEventsOfCompressedRequestsAndOfCloudEventsAreEnqueuedPlain() {
        byte[] compressed = Compressed.gzip(
                AudienceEvent.identify("aud_gzip", "vip", true).user("u1").toString());
        assertThat(bundle.send(bundle.request("/v1/events", "application/json")
                                .header("Content-Encoding", "gzip")
                                .POST(BodyPublishers.ofByteArray(compressed))
                                .build())
                        .count("enqueued"))
                .isEqualTo(1);
        String cloudEvent = "{\"type\":\"com.example\",\"data\":"
                + AudienceEvent.identify("aud_gzip", "vip", true).user("u2") + "}";
        assertThat(bundle.post(cloudEvent, "application/cloudevents+json").count("enqueued"))
                .isEqualTo(1);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.included("aud_gzip")).containsExactlyInAnyOrder("u1", "u2"));
    }

    @Test
    void theChangesOfOnePersonStayInOrder() {
        for (int i = 0; i < 60; i++) {
            Object[] flips = new Object[10];
            for (int user = 0; user < 10; user++) {
                // The same time for all: only the order of arrival tells which is the newest.
                flips[user] =
                        AudienceEvent.identify("aud_flips", "vip", i % 2 == 1).user("u" + user);
            }
            assertThat(bundle.post(array(flips)).count("enqueued")).isEqualTo(10);
        }
        await().atMost(SOON)
                .until(() -> broker.committed("launchdarkly-audiences").values().stream()
                                .mapToLong(OffsetAndMetadata::offset)
                                .sum()
                        == broker.endOffset("audience-events"));
        assertThat(bundle.included("aud_flips")).hasSize(10);
        assertThat(bundle.excluded("aud_flips")).isEmpty();
    }

    @Test
    void aSenderIsNotHeldUpForEachEventThatTheBrokersDoNotTake() {
        try (RunningBundle gateway = RunningBundle.start(
                "audiences.inbound.http.mode", "enqueue",
                "audiences.inbound.http.reply-timeout-ms", "200",
                "audiences.kafka.brokers", "127.0.0.1:1")) {
            Object[] events = new Object[200];
            java.util.Arrays.setAll(events, i -> AudienceEvent.entered("u" + i));
            // The brokers hold up each event for a second: all of them would take minutes.
            CompletableFuture<Reply> reply = gateway.postAsync(array(events));
            assertThat(reply.orTimeout(60, TimeUnit.SECONDS).join().status()).isEqualTo(503);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(gateway.backlogEvents()).isZero());
        }
    }

    @Test
    void brokersThatAreAwayMeanComeAgain() {
        try (KafkaBroker own = KafkaBroker.start()) {
            own.createTopic("audience-events", 1);
            try (RunningBundle gateway = RunningBundle.start(
                    "audiences.inbound.http.mode", "enqueue",
                    "audiences.inbound.http.reply-timeout-ms", "1500",
                    "audiences.kafka.brokers", own.bootstrapServers())) {
                assertThat(gateway.post(AudienceEvent.entered("u1").toString()).status())
                        .isEqualTo(202);
                own.stop();
                // With something beside it that is no event, and would go to the dead letter.
                Reply reply = gateway.post(array(17, AudienceEvent.entered("u2")));
                assertThat(reply.status()).isEqualTo(503);
                assertThat(reply.header("Retry-After")).isEqualTo("10");
                assertThat(reply.error()).contains("Send the request again");
                assertThat(gateway.backlogEvents()).isZero();
                assertThat(gateway.deadLetters()).isEmpty();
                own.restart();
                await().atMost(SOON).untilAsserted(() -> assertThat(
                                gateway.post(AudienceEvent.entered("u2").toString())
                                        .status())
                        .isEqualTo(202));
                assertThat(own.endOffset("audience-events")).isGreaterThanOrEqualTo(2);
            }
        }
    }
}
