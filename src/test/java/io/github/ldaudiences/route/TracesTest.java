package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.example.FlagFlip;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.ChildJvm;
import io.github.ldaudiences.fixture.Collector;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.Latches;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The spans that the shipped routes make, and what they leave alone. */
@Tag("observe")
class TracesTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String OTHER_TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "00f067aa0ba902b7";
    private static final String TRACEPARENT = "00-" + TRACE + "-" + SPAN + "-01";

    @AutoClose
    private static KafkaBroker broker = KafkaBroker.start();

    private final InMemorySpanExporter exported = InMemorySpanExporter.create();
    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();

    @BeforeEach
    void keepSpans() {
        GlobalOpenTelemetry.resetForTest();
        GlobalOpenTelemetry.set(OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(exported))
                        .build())
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .build());
    }

    @AfterEach
    void forgetSpans() {
        GlobalOpenTelemetry.resetForTest();
        launchDarkly.close();
    }

    @Test
    void aRequestAndAKafkaRecordLeadToOneBatchWithALinkToEach_andASpanForEachAttempt() {
        broker.createTopic("traced", 1);
        CountDownLatch waiting = new CountDownLatch(1);
        AtomicInteger requests = new AtomicInteger();
        launchDarkly.answer(request -> {
            Latches.await(waiting);
            return Answer.of(requests.incrementAndGet() == 2 ? 503 : 204);
        });
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                "audiences.tracing",
                "on",
                "audiences.inbound",
                "http,kafka",
                "audiences.kafka.brokers",
                broker.bootstrapServers(),
                "audiences.inbound.kafka.topic",
                "traced",
                "audiences.delivery.retry-delay-ms",
                "20")) {
            CompletableFuture<Reply> first =
                    bundle.postAsync(AudienceEvent.entered("u0").toString());
            await().until(() -> launchDarkly.requests().size() == 1);
            CompletableFuture<Reply> second = bundle.sendAsync(bundle.request("/v1/events", "application/json")
                    .header("traceparent", TRACEPARENT)
                    .header("baggage", "email=ada@example.com")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            AudienceEvent.entered("ada@example.com").toString()))
                    .build());
            ProducerRecord<byte[], byte[]> traced = record("traced", AudienceEvent.entered("bruno@example.com"));
            traced.headers()
                    .add("traceparent", ("00-" + OTHER_TRACE + "-" + SPAN + "-01").getBytes(StandardCharsets.UTF_8));
            broker.produce("traced", List.of(traced));
            await().until(() -> bundle.backlogEvents() == 3);
            waiting.countDown();

            assertThat(first.join().status()).isEqualTo(200);
            assertThat(second.join().status()).isEqualTo(200);
            await().untilAsserted(() -> assertThat(spans("deliver batch")).hasSize(2));
            await().untilAsserted(() -> assertThat(spans("POST /v1/events")).hasSize(2));
        }
        SpanData inbound = spans("POST /v1/events").stream()
                .filter(span -> span.getTraceId().equals(TRACE))
                .findFirst()
                .orElseThrow();
        assertThat(inbound.getParentSpanId()).isEqualTo(SPAN);
        assertThat(inbound.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(number(inbound, "http.response.status_code")).isEqualTo(200);

        SpanData batch = spans("deliver batch").stream()
                .filter(span -> number(span, "audiences.members") == 2)
                .findFirst()
                .orElseThrow();
        assertThat(batch.getLinks())
                .extracting(link -> link.getSpanContext().getTraceId()
                        + link.getSpanContext().getSpanId())
                .containsExactlyInAnyOrder(TRACE + inbound.getSpanId(), OTHER_TRACE + SPAN);
        assertThat(text(batch, "audiences.audience")).isEqualTo("aud_1");
        assertThat(text(batch, "audiences.outcome")).isEqualTo("delivered");

        List<SpanData> attempts = spans("POST segment-audiences").stream()
                .filter(span -> span.getParentSpanId().equals(batch.getSpanId()))
                .toList();
        assertThat(attempts)
                .extracting(span -> number(span, "http.response.status_code"))
                .containsExactly(503L, 204L);
        assertThat(attempts)
                .extracting(span -> number(span, "audiences.attempt"))
                .containsExactly(1L, 2L);
        assertThat(attempts).allSatisfy(span -> {
            assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
            assertThat(text(span, "server.address")).isEqualTo("127.0.0.1");
            assertThat(number(span, "audiences.members")).isEqualTo(2);
        });
        assertThat(attempts.get(0).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);

        assertThat(exported.getFinishedSpanItems().toString()).doesNotContain("example.com");
        assertThat(launchDarkly.requests()).allSatisfy(request -> assertThat(request.headers())
                .doesNotContainKeys("Traceparent", "Tracestate", "Baggage"));
    }

    @Test
    void aGatewayHandsTheTraceOnWithEachRecord() {
        broker.createTopic("enqueued", 1);
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                "audiences.tracing",
                "on",
                "audiences.inbound",
                "http,kafka",
                "audiences.inbound.http.mode",
                "enqueue",
                "audiences.kafka.brokers",
                broker.bootstrapServers(),
                "audiences.inbound.kafka.topic",
                "enqueued")) {
            assertThat(bundle.send(bundle.request("/v1/events", "application/json")
                                    .header("traceparent", TRACEPARENT)
                                    .POST(HttpRequest.BodyPublishers.ofString(
                                            AudienceEvent.entered("u1").toString()))
                                    .build())
                            .status())
                    .isEqualTo(202);
            await().untilAsserted(() -> assertThat(spans("deliver batch")).hasSize(1));
        }
        SpanData inbound = spans("POST /v1/events").get(0);
        SpanData batch = spans("deliver batch").get(0);
        assertThat(inbound.getTraceId()).isEqualTo(TRACE);
        assertThat(batch.getTraceId()).isEqualTo(TRACE);
        assertThat(batch.getParentSpanId()).isEqualTo(inbound.getSpanId());
    }

    @Test
    void aBrokenTraceparentIsIgnoredAndLosesNothing() {
        broker.createTopic("broken", 1);
        List<String> broken = List.of(
                "",
                "garbage",
                "00-" + "0".repeat(32) + "-" + SPAN + "-01",
                "ff-" + TRACE + "-" + SPAN + "-01",
                "00-" + TRACE + "-" + "0".repeat(16) + "-01",
                TRACEPARENT.toUpperCase(Locale.ROOT),
                "x".repeat(1000));
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (String value : broken) {
            ProducerRecord<byte[], byte[]> each = record("broken", AudienceEvent.entered("k" + records.size()));
            each.headers().add("traceparent", value.getBytes(StandardCharsets.UTF_8));
            records.add(each);
        }
        ProducerRecord<byte[], byte[]> noText = record("broken", AudienceEvent.entered("k-bytes"));
        noText.headers().add("traceparent", new byte[] {-1, 0, 10}).add("traceparent", null);
        records.add(noText);
        broker.produce("broken", records);
        try (RunningBundle bundle = RunningBundle.start(
                "audiences.tracing",
                "on",
                "audiences.inbound",
                "http,kafka",
                "audiences.kafka.brokers",
                broker.bootstrapServers(),
                "audiences.inbound.kafka.topic",
                "broken")) {
            for (String value : broken) {
                Reply reply = bundle.send(bundle.request("/v1/events", "application/json")
                        .header("traceparent", value)
                        .header("traceparent", value)
                        .POST(HttpRequest.BodyPublishers.ofString(
                                AudienceEvent.entered("h" + value.length()).toString()))
                        .build());
                assertThat(reply.status()).isEqualTo(200);
            }
            await().untilAsserted(() -> assertThat(bundle.included("aud_1"))
                    .contains("k0", "k6", "k-bytes", "h0", "h1000")
                    .hasSize(2 * broken.size() + 1 - 3)); // of the texts, four are equally long
            await().untilAsserted(() -> assertThat(spans("POST /v1/events")).hasSize(broken.size()));
        }
        assertThat(exported.getFinishedSpanItems())
                .allSatisfy(span -> assertThat(span.getTraceId()).isNotEqualTo(TRACE));
    }

    @Test
    void spansGoWhereOpenTelemetrysOwnSettingsSay() {
        GlobalOpenTelemetry.resetForTest();
        Collector collector = new Collector();
        System.setProperty("otel.exporter.otlp.endpoint", collector.url("127.0.0.1"));
        System.setProperty("otel.bsp.schedule.delay", "100");
        try (RunningBundle bundle = RunningBundle.start("audiences.tracing", "on")) {
            assertThat(bundle.post(AudienceEvent.entered("u1").toString()).status())
                    .isEqualTo(200);
            // Spans may end after the reply.
            await().untilAsserted(() -> assertThat(collector.exports().stream()
                            .map(Collector.Export::body)
                            .reduce("", String::concat))
                    .contains("launchdarkly-audiences", "POST /v1/events", "deliver batch", "POST segment-audiences"));
            assertThat(collector.exports()).extracting(Collector.Export::path).containsOnly("/v1/traces");
        } finally {
            System.clearProperty("otel.exporter.otlp.endpoint");
            System.clearProperty("otel.bsp.schedule.delay");
            collector.close();
        }
    }

    @Test
    void whatOpenTelemetryCannotUseEndsTheStartWithASentence() {
        GlobalOpenTelemetry.resetForTest();
        System.setProperty("otel.traces.exporter", "pigeon");
        try {
            assertThatThrownBy(
                            () -> RunningBundle.start("audiences.tracing", "on").close())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("audiences.tracing=on is not allowed")
                    .hasMessageContaining("pigeon");
        } finally {
            System.clearProperty("otel.traces.exporter");
        }
    }

    @Test
    void withoutTracesNoClassOfOpenTelemetryIsLoaded() {
        assertThat(ChildJvm.run(Map.of("LOG_LEVEL", "warn"), List.of("-Xlog:class+load"), FlagFlip.class))
                .contains("io.github.ldaudiences.delivery.DeliveryOutcome", "vip-banner is true")
                .doesNotContain("io.opentelemetry", "io.github.ldaudiences.tracing");
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, AudienceEvent event) {
        return new ProducerRecord<>(topic, event.toString().getBytes(StandardCharsets.UTF_8));
    }

    private List<SpanData> spans(String name) {
        return exported.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
    }

    private static long number(SpanData span, String name) {
        Long value = span.getAttributes().get(AttributeKey.longKey(name));
        return value == null ? -1 : value;
    }

    private static String text(SpanData span, String name) {
        return span.getAttributes().get(AttributeKey.stringKey(name));
    }
}
