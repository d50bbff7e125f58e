package io.github.ldaudiences.deploy;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.Alerts;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.HangingProxy;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.fixture.Scrape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The alerts of docker/prometheus/alerts.yml, evaluated on what running bundles show. There is a bundle for each inbound,
 * whose sources send an event again until it is delivered. The last test ends them.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("observe")
class AlertsTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String TOPIC = "audience-events";

    private static final Alerts ALERTS = new Alerts(Path.of("docker/prometheus/alerts.yml"));
    private static final Map<String, RunningBundle> BUNDLES = new LinkedHashMap<>();
    private static final AtomicBoolean SENDING = new AtomicBoolean(true);
    private static final Thread SENDER = new Thread(AlertsTest::sendOverHttp, "http-sender");

    private static LaunchDarklyStub launchDarkly;
    private static HangingProxy network;
    private static KafkaBroker broker;

    @TempDir
    private static Path folder;

    private static int events;

    @BeforeAll
    static void startBundles() throws IOException {
        launchDarkly = new LaunchDarklyStub();
        network = new HangingProxy(launchDarkly.url());
        broker = KafkaBroker.start();
        broker.createTopic(TOPIC, 1);
        Files.createDirectory(folder.resolve("file"));
        Files.createDirectory(folder.resolve("uri"));
        start("http", "audiences.inbound.http.reply-timeout-ms", "200");
        start(
                "kafka",
                "audiences.kafka.brokers",
                broker.bootstrapServers(),
                "audiences.inbound.kafka.poll-wait-ms",
                "50",
                "audiences.backlog.max-events",
                "500");
        start("file", "audiences.inbound.file.directory", folder.resolve("file").toString());
        start(
                "uri",
                "audiences.inbound.uri",
                "file:" + folder.resolve("uri") + "?delay=20&initialDelay=0&move=.done",
                "audiences.inbound.message-timeout-ms",
                "150");
        // Each has polled once: while its first file waits, Camel says that a consumer has not.
        BUNDLES.values().forEach(bundle -> await().atMost(SOON)
                .until(() -> bundle.observe("health").status() == 200));
        SENDER.start();
    }

    @AfterAll
    static void stopAll() throws IOException, InterruptedException {
        stopBundles();
        broker.close();
        network.close();
        launchDarkly.close();
    }

    @Order(1)
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "429 | AudiencesDestinationFails AudiencesRateLimited"
                        + " | LaunchDarkly answered 429. Sources keep their events | Find out what else uses the service token",
                "500 | AudiencesDestinationFails"
                        + " | LaunchDarkly answered 500. Sources keep their events | See status.launchdarkly.com",
                "refused connections | AudiencesDestinationFails"
                        + " | LaunchDarkly could not be reached: | Check that this process can reach 127.0.0.1",
                "silence | AudiencesDestinationFails"
                        + " | LaunchDarkly could not be reached: | Check that this process can reach 127.0.0.1",
                "401 | AudiencesDestinationHeld"
                        + " | is held: LaunchDarkly answered 401 | Set a service token that is valid",
            })
    void anOutageFiresAlertsForEachInboundUntilItIsOverAndHealthSaysWhatToDo(
            String outage, String alerts, String problem, String advice) throws IOException {
        switch (outage) {
            case "refused connections" -> network.refuse();
            case "silence" -> network.hang();
            default -> launchDarkly.answer(request -> Answer.of(Integer.parseInt(outage)));
        }
        sendToAll();

        Map<String, Set<String>> expected = new TreeMap<>();
        for (String inbound : BUNDLES.keySet()) {
            // Some sources wait, some are told to send again.
            boolean waits = Set.of("kafka", "file").contains(inbound);
            expected.put(inbound, new TreeSet<>(List.of(alerts.split(" "))));
            expected.get(inbound).add(waits ? "AudiencesEventTooOld" : "AudiencesEventsFail");
        }
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(Alerts.SCRAPE_EVERY_MS))
                .untilAsserted(() -> assertThat(firing()).isEqualTo(expected));
        BUNDLES.forEach((inbound, bundle) -> {
            await().atMost(SOON).untilAsserted(() -> {
                Reply health = bundle.observe("health");
                assertThat(health.status()).isEqualTo(503);
                assertThat(health.json().findValuesAsText("message"))
                        .singleElement()
                        .asString()
                        .contains(problem)
                        .contains(advice);
            });
            assertThat(bundle.observe("health/ready").status()).isEqualTo(200);
            assertThat(bundle.observe("health/live").status()).isEqualTo(200);
        });

        endOutage();
        untilNothingFires();
        assertThat(BUNDLES.values())
                .allSatisfy(
                        bundle -> assertThat(bundle.observe("health").status()).isEqualTo(200));
    }

    @Order(2)
    @Test
    void aTopicThatIsNotReadAnyMoreFiresAnAlertAsItGrows() {
        launchDarkly.answer(request -> Answer.of(500));
        sendToTopic(600);
        await().atMost(SOON).until(() -> BUNDLES.get("kafka").scrape().sum("audiences_backlog_events") >= 500);
        sendToTopic(10_000);
        untilFires("kafka", "AudiencesKafkaLag");

        endOutage();
        untilNothingFires();
        await().atMost(SOON).until(() -> BUNDLES.get("kafka").scrape().sum("audiences_kafka_lag") == 0);
    }

    @Order(3)
    @Test
    void deadLettersFireAnAlertAndSoDoesTheirFolderBeforeItIsFull() throws IOException {
        untilNothingFires();
        RunningBundle bundle = BUNDLES.get("http");
        String ofNobody = AudienceEvent.identify("aud_1", "vip_customers", true).toString();
        await().atMost(SOON).until(() -> bundle.post(ofNobody).count("rejected") == 1);
        untilFires("http", "AudiencesEventsRejected");
        await().atMost(SOON).until(() -> {
            bundle.post(ofNobody);
            return bundle.scrape().sum("audiences_dead_letter_bytes") > 8_500;
        });
        untilFires("http", "AudiencesDeadLetterFull");
        try (Stream<Path> files = Files.list(folder.resolve("dead-letter-http"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        untilNothingFires();
    }

    @Order(4)
    @Test
    void aProcessThatEndsFiresAnAlertAndSoDoesTheEndOfAll() throws InterruptedException {
        BUNDLES.get("file").close();
        untilFires("file", "AudiencesDown");
        stopBundles();
        untilFires("", "AudiencesAbsent");
    }

    private static void stopBundles() throws InterruptedException {
        SENDING.set(false);
        SENDER.join();
        BUNDLES.values().forEach(RunningBundle::close);
    }

    @AfterEach
    void endOutage() {
        launchDarkly.answer(request -> Answer.of(204));
        network.letThrough();
    }

    private static void start(String inbound, String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "audiences.inbound",
                inbound,
                "camel.main.name",
                inbound,
                "camel.management.port",
                Integer.toString(FreePort.find()),
                "audiences.destination.launchdarkly.api-url",
                network.url(),
                "audiences.destination.launchdarkly.sdk-url",
                network.url(),
                "audiences.destination.launchdarkly.service-token",
                LaunchDarklyStub.TOKEN,
                "audiences.destination.launchdarkly.client-side-id",
                "test-client-id",
                // The same events again and again, each time with a request.
                "audiences.batch.skip-repeats",
                "false",
                "audiences.delivery.retry-delay-ms",
                "20",
                "audiences.delivery.max-retry-delay-ms",
                "50",
                "audiences.delivery.probe-interval-ms",
                "50",
                "audiences.delivery.response-timeout-ms",
                "400",
                "audiences.dead-letter.uri",
                "file:" + folder.resolve("dead-letter-" + inbound),
                "audiences.dead-letter.max-bytes",
                "10000",
                // No alert looks at the JVM, whose meters would be most of what each scrape costs.
                "camel.metrics.binders",
                "uptime"));
        all.addAll(List.of(properties));
        BUNDLES.put(inbound, RunningBundle.start(all.toArray(String[]::new)));
    }

    /** The alerts that fire after one more scrape, but for what depends on how busy the machine is. */
    private static Map<String, Set<String>> firing() {
        Map<String, Scrape> scrapes = new TreeMap<>();
        BUNDLES.forEach((inbound, bundle) -> scrapes.put(inbound, scrape(bundle)));
        ALERTS.scraped(scrapes);
        Map<String, Set<String>> firing = new TreeMap<>(ALERTS.firing());
        // Their events go soon, but on a busy machine not soon enough.
        Stream.of("http", "uri").forEach(inbound -> firing.get(inbound).remove("AudiencesEventTooOld"));
        return firing;
    }

    private static Scrape scrape(RunningBundle bundle) {
        return bundle.context().isStopped()
                ? null
                : Scrape.of(bundle.observe("metrics").response().body(), ALERTS::reads);
    }

    private static void untilFires(String inbound, String alert) {
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(Alerts.SCRAPE_EVERY_MS))
                .untilAsserted(() ->
                        assertThat(firing().getOrDefault(inbound, Set.of())).contains(alert));
    }

    private static void untilNothingFires() {
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(Alerts.SCRAPE_EVERY_MS))
                .untilAsserted(() -> assertThat(firing().values())
                        .allSatisfy(none -> assertThat(none).isEmpty()));
    }

    private static void sendToAll() throws IOException {
        String event = entered("u" + events++).toString();
        sendToTopic(1);
        for (String inbound : List.of("file", "uri")) {
            Path written = Files.writeString(folder.resolve("being-written"), event);
            Files.setLastModifiedTime(written, FileTime.from(Instant.now().minusSeconds(60)));
            Files.move(written, folder.resolve(inbound).resolve(events + ".ndjson"));
        }
    }

    private static void sendToTopic(int count) {
        broker.produce(
                TOPIC,
                IntStream.range(0, count)
                        .mapToObj(i -> new ProducerRecord<byte[], byte[]>(
                                TOPIC, entered("u" + i).toString().getBytes(StandardCharsets.UTF_8)))
                        .toList());
    }

    /** Sends an event after the other, each again and again until the answer is 200. */
    private static void sendOverHttp() {
        while (SENDING.get()) {
            BUNDLES.get("http").post(entered("u1").toString());
            LockSupport.parkNanos(10_000_000);
        }
    }
}
