package io.github.ldaudiences.karaf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The bundle in Apache Karaf, installed from the KAR without any repository, and configured by files alone. */
@Tag("karaf")
@Tag("deploy")
class BundleKarafTest {

    private static final String CFG = "io.github.ldaudiences.cfg";
    private static final String CONTEXT = "org.apache.camel:context=launchdarkly-audiences,type=";
    private static final String TOKEN_VARIABLE = "TOKEN_OF_THIS_TEST";
    private static final String TOKEN = "audiences.destination.launchdarkly.service-token";

    private static KarafProcess karaf;
    private final HttpClient client = HttpClient.newHttpClient();
    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
    private final int port = FreePort.find();

    @BeforeAll
    static void prepareKaraf() {
        Awaitility.setDefaultTimeout(KarafProcess.LONG);
        karaf = KarafProcess.unpacked().environment(TOKEN_VARIABLE, LaunchDarklyStub.TOKEN);
    }

    @AfterAll
    static void endKaraf() {
        karaf.close();
        Awaitility.reset();
    }

    @BeforeEach
    void configureAndStart() {
        configure(Map.of());
        if (!karaf.isAlive()) {
            karaf.start();
            karaf.deployKar();
        }
        awaitInbound(port);
    }

    @AfterEach
    void closeLaunchDarkly() {
        launchDarkly.close();
    }

    @Test
    void eventsPostedOverHttpArriveAndJmxHasTheNamesThatItHasStandalone() {
        Reply reply = post(AudienceEvent.entered("u1"), AudienceEvent.left("u2"), "{\"type\":\"page\"}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.count("delivered")).isEqualTo(2);
        assertThat(reply.count("skipped")).isEqualTo(1);
        assertThat(launchDarkly.requests().get(0).members()).containsExactly("u1", "u2");
        for (String route : List.of("inbound-http", "mapping-sync-engage-audience", "destination-launchdarkly")) {
            String bean = CONTEXT + "routes,name=\"" + route + "\"";
            assertThat(karaf.attribute(bean, "State")).as(route).isEqualTo("Started");
            await().untilAsserted(() -> assertThat(karaf.attribute(bean, "ExchangesCompleted"))
                    .as(route)
                    .isEqualTo(1L));
        }
        assertThat(karaf.attribute(CONTEXT + "health,name=DefaultHealthCheck", "Healthy"))
                .isEqualTo(true);
    }

    @Test
    void aTokenThatIsReplacedInTheConfigurationIsTheNextToBeSentAndIsInNoLog() {
        String next = "api-next-token-4712";
        assertThat(post(AudienceEvent.entered("u1")).status()).isEqualTo(200);
        launchDarkly.answer(request -> Answer.of(next.equals(request.headers().getFirst("Authorization")) ? 204 : 401));
        assertThat(post(AudienceEvent.entered("u2")).status()).isEqualTo(503);
        assertThat(karaf.attribute(CONTEXT + "health,name=DefaultHealthCheck", "Healthy"))
                .isEqualTo(false);

        karaf.write("next-token", next);
        configure(Map.of(TOKEN, "$[secret:next-token]"));

        await().ignoreExceptions().until(() -> post(AudienceEvent.entered("u2")).status() == 200);
        assertThat(launchDarkly.requests().get(0).headers().getFirst("Authorization"))
                .isEqualTo(LaunchDarklyStub.TOKEN);
        assertThat(karaf.attribute(CONTEXT + "health,name=DefaultHealthCheck", "Healthy"))
                .isEqualTo(true);
        assertThat(karaf.log()).noneMatch(line -> line.contains(next) || line.contains(LaunchDarklyStub.TOKEN));
    }

    @Test
    void kafkaTakesThePlaceOfHttpWhenTheConfigurationSaysSo() {
        try (KafkaBroker broker = KafkaBroker.start()) {
            broker.createTopic("events", 3);
            configure(Map.of(
                    "audiences.inbound", "kafka",
                    "audiences.kafka.brokers", broker.bootstrapServers(),
                    "audiences.inbound.kafka.topic", "events"));
            // Each of them has native code of its own, but gzip.
            List<String> codecs = List.of("none", "gzip", "snappy", "lz4", "zstd");
            codecs.forEach(codec -> produce(broker, codec, AudienceEvent.entered("by-" + codec)));

            await().untilAsserted(() -> assertThat(launchDarkly.requests())
                    .flatExtracting(LaunchDarklyStub.Request::members)
                    .containsOnly("by-none", "by-gzip", "by-snappy", "by-lz4", "by-zstd"));
            assertThat(KarafProcess.isListening(port)).isFalse();
            await().untilAsserted(() -> assertThat(
                            broker.committed("launchdarkly-audiences").values())
                    .extracting(committed -> committed.offset())
                    .satisfies(offsets -> assertThat(
                                    offsets.stream().mapToLong(Long::longValue).sum())
                            .isEqualTo(codecs.size())));
            // Its consumer leaves the group before the broker goes away.
            configure(Map.of());
            awaitInbound(port);
        }
    }

    @Test
    void aValueThatIsNotAllowedIsSaidInTheLogAndTheNextEditMendsIt() {
        configure(Map.of("audiences.batch.max-members", "many", "audiences.batch.max-menbers", "1"));

        await().untilAsserted(() -> assertThat(karaf.log())
                .anyMatch(line -> line.contains("ERROR")
                        && line.contains("audiences.batch.max-members=many is not allowed; allowed is a whole number"))
                .anyMatch(line -> line.contains("audiences.batch.max-menbers is not a property of this bundle.")));
        await().until(() -> !KarafProcess.isListening(port));

        configure(Map.of("audiences.batch.max-members", "1"));

        awaitInbound(port);
        assertThat(post(AudienceEvent.entered("u1"), AudienceEvent.entered("u2"))
                        .count("delivered"))
                .isEqualTo(2);
        assertThat(launchDarkly.requests()).hasSize(2);
    }

    @Test
    void aSecondConfigurationMakesABundleOfItsOwnBesideTheFirst() {
        int secondPort = FreePort.find();
        try (LaunchDarklyStub second = new LaunchDarklyStub()) {
            karaf.configure("io.github.ldaudiences-eu.cfg", settings(secondPort, second));
            awaitInbound("launchdarkly-audiences-eu", secondPort);

            assertThat(postTo(secondPort, AudienceEvent.entered("of-eu")).status())
                    .isEqualTo(200);
            assertThat(post(AudienceEvent.entered("of-the-first")).status()).isEqualTo(200);

            assertThat(second.requests())
                    .flatExtracting(LaunchDarklyStub.Request::members)
                    .containsOnly("of-eu");
            assertThat(launchDarkly.requests())
                    .flatExtracting(LaunchDarklyStub.Request::members)
                    .containsOnly("of-the-first");
            assertThat(karaf.attribute(
                            "org.apache.camel:context=launchdarkly-audiences-eu,type=routes,name=\"inbound-http\"",
                            "State"))
                    .isEqualTo("Started");

            karaf.delete("io.github.ldaudiences-eu.cfg");
            await().until(() -> !KarafProcess.isListening(secondPort));
            assertThat(post(AudienceEvent.entered("of-the-first")).status()).isEqualTo(200);
        }
    }

    @Test
    void whenKarafStopsWhatIsOpenIsDeliveredAndAfterAStartEverythingIsThereAgain() throws Exception {
        int otherPort = FreePort.find();
        // The batch stays open far longer than a stop takes.
        configure(Map.of(
                "audiences.inbound.http.port", Integer.toString(otherPort),
                "audiences.batch.max-wait-ms", "300000",
                "audiences.inbound.http.reply-timeout-ms", "600000"));
        awaitInbound(otherPort);
        CompletableFuture<Reply> reply = postAsync(otherPort, AudienceEvent.entered("open"));
        await().until(() ->
                Long.valueOf(1).equals(karaf.attribute(CONTEXT + "routes,name=\"batch\"", "ExchangesTotal")));

        karaf.terminate();

        assertThat(reply.get().status()).isEqualTo(200);
        assertThat(launchDarkly.requests())
                .flatExtracting(LaunchDarklyStub.Request::members)
                .containsExactly("open");
        karaf.awaitEnd();

        configure(Map.of());
        karaf.start();
        awaitInbound(port);
        assertThat(post(AudienceEvent.entered("u1")).status()).isEqualTo(200);
    }

    /** Writes the first configuration: the example, this test's port and LaunchDarkly, and what is given. */
    private void configure(Map<String, String> more) {
        Map<String, String> set = settings(port, launchDarkly);
        set.putAll(more);
        karaf.configure(CFG, set);
    }

    private static Map<String, String> settings(int port, LaunchDarklyStub launchDarkly) {
        Map<String, String> set = new HashMap<>(launchDarkly.destination());
        set.put("audiences.inbound.http.port", Integer.toString(port));
        set.put(TOKEN, "{{env:" + TOKEN_VARIABLE + "}}");
        set.put("audiences.batch.max-wait-ms", "50");
        return set;
    }

    private static void awaitInbound(int port) {
        awaitInbound("launchdarkly-audiences", port);
    }

    /** Waits until a context takes events over HTTP. Its port is open somewhat earlier, and refuses them with 503. */
    private static void awaitInbound(String context, int port) {
        karaf.awaitListening(port);
        String route = "org.apache.camel:context=" + context + ",type=routes,name=\"inbound-http\"";
        await().ignoreExceptions().until(() -> "Started".equals(karaf.attribute(route, "State")));
    }

    private Reply post(Object... events) {
        return postTo(port, events);
    }

    private Reply postTo(int to, Object... events) {
        return postAsync(to, events).join();
    }

    private CompletableFuture<Reply> postAsync(int to, Object... events) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to + "/v1/events"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(AudienceEvent.array(events)))
                .build();
        return client.sendAsync(request, BodyHandlers.ofString()).thenApply(Reply::new);
    }

    private static void produce(KafkaBroker broker, String codec, AudienceEvent event) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "compression.type", codec);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("events", event.toString().getBytes(StandardCharsets.UTF_8)));
        }
    }
}
