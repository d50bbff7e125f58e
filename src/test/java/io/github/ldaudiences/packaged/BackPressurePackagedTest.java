package io.github.ldaudiences.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.fixture.AcknowledgementWatch;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.BundleProcess;
import io.github.ldaudiences.fixture.HangingProxy;
import io.github.ldaudiences.fixture.HttpCallers;
import io.github.ldaudiences.fixture.HttpCallers.Answer;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.Memberships;
import io.github.ldaudiences.sandbox.Fault;
import io.github.ldaudiences.sandbox.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** LaunchDarkly hangs, senders do not: what they push is many times what the process can hold. */
@Tag("packaged")
@Tag("http")
class BackPressurePackagedTest {

    private static final long HEAP_BYTES = 128L << 20;
    private static final long PUSHED_BYTES = 3 * HEAP_BYTES / 2;
    private static final int FILLER_BYTES = 12_000;
    private static final int MAX_EVENTS = 20_000;
    private static final long MAX_BYTES = 30L << 20;
    private static final String TOPIC = "back-pressure";
    private static final int PARTITIONS = 6;
    /** What Kafka's client fetches from each partition at once is a megabyte; it may have as much in store. */
    private static final long POLL_BYTES = 2L * PARTITIONS << 20;

    private static final Duration LONG = Duration.ofMinutes(3);

    private Sandbox sandbox;
    private HangingProxy launchDarkly;
    private BundleProcess process;
    private double mostEvents;
    private double mostBytes;

    @BeforeEach
    void setTheScene() throws IOException {
        sandbox = new Sandbox(0, "token", Set.of("environment"));
        launchDarkly = new HangingProxy(sandbox.url());
        process = BundleProcess.in("back-pressure")
                .shortLived()
                .jvm("-Xmx128m", "-XX:+ExitOnOutOfMemoryError")
                .properties(Map.of(
                        "audiences.backlog.max-events", Integer.toString(MAX_EVENTS),
                        "audiences.backlog.max-bytes", Long.toString(MAX_BYTES),
                        // Longer than LaunchDarkly is away: an answer before that is one that did not wait.
                        "audiences.inbound.http.reply-timeout-ms", "600000",
                        "audiences.delivery.response-timeout-ms", "2000",
                        "audiences.delivery.max-retry-delay-ms", "1000",
                        "audiences.batch.max-wait-ms", "200"))
                .launchDarkly(launchDarkly.url(), "token", "environment");
    }

    @AfterEach
    void clear() throws IOException {
        process.close();
        launchDarkly.close();
        sandbox.close();
    }

    @Test
    void callersAreSentAwayAtOnceWhenMemoryIsFull() {
        HttpCallers.Shape shape = new HttpCallers.Shape(64, 300, 20, 100, FILLER_BYTES, List.of());
        process.start().awaitStarted();
        try (HttpCallers callers = new HttpCallers(process.httpPort(), shape, 20260301);
                AcknowledgementWatch watch = new AcknowledgementWatch(callers, sandbox, process.deadLetters())) {
            launchDarkly.hang();
            callers.start();
            until(() -> callers.bytes() > PUSHED_BYTES && launchDarkly.held() > 0);
            Map<Answer, Long> answers = callers.answers();
            System.out.println("Hanging: " + answers + ", at most " + mostEvents + " events, " + mostBytes + " bytes");
            // Nobody waited for it, for whoever waits for LaunchDarkly has no answer yet.
            assertThat(answers).containsKey(sentAway());

            sandbox.add(Fault.status(503, 0));
            launchDarkly.letThrough();
            long refused = requests();
            until(() -> callers.bytes() > PUSHED_BYTES + HEAP_BYTES && requests() > refused + 20);
            System.out.println(
                    "Refusing: " + callers.answers() + ", at most " + mostEvents + " events, " + mostBytes + " bytes");
            assertThat(callers.answers().keySet())
                    .filteredOn(answer -> answer.status() == 503 || answer.status() == 0)
                    .contains(sentAway())
                    // Some already while they were sending.
                    .allMatch(answer -> answer.status() == 503 && answer.retryAfter());

            sandbox.clearFaults();
            callers.finish();
            watch.close();
            assertThat(watch.violations()).isEmpty();
            assertThat(callers.wrongAnswers()).isEmpty();
            assertThat(Memberships.of(sandbox)).isEqualTo(callers.memberships());
            assertNothingIsLeft();
            assertThat(mostEvents).isLessThanOrEqualTo(MAX_EVENTS);
            assertThat(mostBytes).isLessThanOrEqualTo(MAX_BYTES);
        }
    }

    @Test
    void aTopicIsNotReadWhileMemoryIsFull() {
        try (KafkaBroker broker = KafkaBroker.start()) {
            broker.createTopic(TOPIC, PARTITIONS);
            process.environment("AUDIENCES_INBOUND", "kafka")
                    .environment("KAFKA_BROKERS", broker.bootstrapServers())
                    .environment("KAFKA_TOPIC", TOPIC)
                    .environment("KAFKA_GROUP", TOPIC)
                    .start()
                    .awaitStarted();
            launchDarkly.hang();
            Map<String, Boolean> memberships = fill(broker);
            until(() -> mostBytes >= MAX_BYTES && launchDarkly.held() > 20);
            System.out.println("Hanging: at most " + mostEvents + " events, " + mostBytes + " bytes");

            sandbox.add(Fault.status(503, 0));
            launchDarkly.letThrough();
            until(() -> requests() > 100);
            System.out.println("Refusing: at most " + mostEvents + " events, " + mostBytes + " bytes");
            assertThat(process.meter("audiences_kafka_lag")).isPositive();
            assertThat(committed(broker)).isZero();

            sandbox.clearFaults();
            until(() -> committed(broker) == broker.endOffset(TOPIC));
            assertThat(Memberships.of(sandbox)).isEqualTo(memberships);
            assertNothingIsLeft();
            assertThat(mostEvents).isLessThanOrEqualTo(MAX_EVENTS + POLL_BYTES / FILLER_BYTES);
            assertThat(mostBytes).isLessThanOrEqualTo(MAX_BYTES + POLL_BYTES);
        }
    }

    /** Writes many times what the process can hold. */
    private static Map<String, Boolean> fill(KafkaBroker broker) {
        Map<String, Boolean> memberships = new TreeMap<>();
        Random random = new Random(20260302);
        byte[] noise = new byte[FILLER_BYTES * 3 / 4];
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < PUSHED_BYTES / FILLER_BYTES; i++) {
            String user = "user-" + random.nextInt(2_000);
            String audience = "aud-" + random.nextInt(20);
            boolean member = random.nextBoolean();
            random.nextBytes(noise);
            ObjectNode event = AudienceEvent.identify(audience, "key", member)
                    .user(user)
                    .at(i)
                    .json()
                    .put("filler", Base64.getEncoder().encodeToString(noise));
            memberships.put(Memberships.key(audience, user), member);
            records.add(new ProducerRecord<>(
                    TOPIC,
                    user.getBytes(StandardCharsets.UTF_8),
                    event.toString().getBytes(StandardCharsets.UTF_8)));
            if (records.size() == 1_000) {
                broker.produce(TOPIC, records);
                records.clear();
            }
        }
        broker.produce(TOPIC, records);
        return memberships;
    }

    private static long committed(KafkaBroker broker) {
        return broker.committed(TOPIC).values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    private static Answer sentAway() {
        return new Answer(503, true, "Too many events are waiting for LaunchDarkly; try again later.");
    }

    private long requests() {
        return sandbox.stats().path("requests").asLong();
    }

    private void assertNothingIsLeft() {
        until(() -> process.meter("audiences_backlog_events") == 0);
        assertThat(process.meter("audiences_backlog_bytes")).isZero();
    }

    private void until(Callable<Boolean> condition) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(100)).until(() -> {
            process.checkAlive();
            assertThat(process.health()).isPositive();
            mostEvents = Math.max(mostEvents, process.meter("audiences_backlog_events"));
            mostBytes = Math.max(mostBytes, process.meter("audiences_backlog_bytes"));
            return condition.call();
        });
    }
}
