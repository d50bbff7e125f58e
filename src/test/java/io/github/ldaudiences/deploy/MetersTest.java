package io.github.ldaudiences.deploy;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.KafkaBroker;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.fixture.Scrape;
import io.github.ldaudiences.fixture.Scrape.Series;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The meters that docs/operations.md lists show what happens, however long the process runs. */
@Tag("observe")
class MetersTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String TOKEN = "a-token-of-the-sender";
    private static final String TOPIC = "audience-events";
    private static final String DEAD_LETTERS = "audiences_dead_letters_total";
    private static final String REFUSED = "audiences_refused_requests_total";
    private static final Series DELIVERED = new Series("audiences_events_total", Map.of("outcome", "delivered"));
    private static final String LIMIT = "audiences_dead_letter_max_bytes";

    /**
     * Has a series only while an event has waited for five seconds: on a slow machine, and then perhaps in one scrape.
     * PrometheusMetersTest tests it.
     */
    private static final String SLOWEST = "audiences_slowest_audience_age_seconds";

    private final Map<Series, Set<Double>> seen = new HashMap<>();

    @TempDir
    private Path deadLetters;

    @Test
    void eachDocumentedMeterFollowsTheTrafficAfterAGarbageCollection() throws IOException {
        try (KafkaBroker broker = KafkaBroker.start();
                LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
                RunningBundle bundle = start(launchDarkly, broker)) {
            await().atMost(SOON).until(() -> bundle.observe("health").status() == 200);
            look(bundle);

            post(bundle, "Basic nobody", entered("u1"));
            AtomicInteger left = new AtomicInteger(1_000);
            launchDarkly.answer(request -> Answer.of(request.members().contains("bad") ? 400 : 204)
                    .and("X-Ratelimit-Route-Remaining", Integer.toString(left.decrementAndGet()))
                    .and("X-Ratelimit-Route-Limit", "1000"));
            post(bundle, "Bearer " + TOKEN, "{\"type\":\"page\"}");
            post(bundle, "Bearer " + TOKEN, entered("u1").at(2));
            until(bundle, scrape -> scrape.value(DELIVERED) == 1); // in one batch, the second would be no repeat
            post(bundle, "Bearer " + TOKEN, entered("u1").at(1));
            // In one record, so that they are in one batch.
            String both = AudienceEvent.array(entered("good"), entered("bad"));
            broker.produce(TOPIC, List.of(new ProducerRecord<>(TOPIC, both.getBytes(StandardCharsets.UTF_8))));
            post(bundle, "Bearer " + TOKEN, AudienceEvent.identify("aud_1", "vip_customers", true)); // of nobody
            until(
                    bundle,
                    scrape -> scrape.sum("audiences_backlog_events") == 0
                            && scrape.sum("audiences_kafka_lag") == 0
                            && scrape.sum("audiences_dead_letter_bytes") > 0);
            assertThat(seen.get(new Series(LIMIT, Map.of()))).containsExactly(100_000.0);

            int before = launchDarkly.requests().size();
            launchDarkly.answer(request -> Answer.of(429));
            post(bundle, "Bearer " + TOKEN, entered("u2"));
            await().atMost(SOON).until(() -> launchDarkly.requests().size() > before + 2);
            until(bundle, scrape -> scrape.sum("audiences_destination_failing_seconds") > 0);
            assertThat(replay(bundle).status()).isEqualTo(503);
            launchDarkly.answer(request -> Answer.of(401));
            until(bundle, scrape -> scrape.sum("audiences_destination_held") == 1);

            launchDarkly.answer(request -> Answer.of(204));
            until(bundle, scrape -> scrape.sum("audiences_backlog_events") == 0);
            // A batch of which nobody waits for anything any more.
            launchDarkly.answer(request -> Answer.of(429));
            assertThat(replay(bundle).status()).isEqualTo(503);
            until(bundle, scrape -> scrape.sum("audiences_backlog_events") == 0);
            assertThat(look(bundle).values()).doesNotContainValue(Double.NaN);
        }
        Set<String> shown = new HashSet<>();
        seen.keySet().forEach(series -> shown.add(DocumentedMeters.meter(series.name())));
        shown.removeIf(name -> !name.startsWith("audiences_"));
        shown.add(SLOWEST);
        assertThat(shown).containsExactlyInAnyOrderElementsOf(DocumentedMeters.names());
        Set<String> stuck = new HashSet<>();
        seen.forEach((series, values) -> {
            // Of a code, a status or a range that does not come about, the series stays as it is.
            boolean may = Set.of(DEAD_LETTERS, REFUSED, SLOWEST).contains(series.name())
                    || series.labels().containsKey("status")
                    || series.labels().containsKey("le");
            if (series.name().startsWith("audiences_") && !may && values.size() == 1) {
                stuck.add(series.name());
            }
        });
        assertThat(seen.keySet().stream()
                        .filter(series -> series.name().equals("audiences_request_seconds_count")
                                && seen.get(series).stream().anyMatch(count -> count > 0))
                        .map(series -> series.labels().get("status")))
                .containsExactlyInAnyOrder("204", "400", "401", "429");
        assertThat(grown(DEAD_LETTERS)).containsExactlyInAnyOrder("context_key_missing", "launchdarkly_refused");
        assertThat(grown(REFUSED)).containsExactlyInAnyOrder("unauthorized", "not_delivered");
        assertThat(stuck).as("always the same").containsExactlyInAnyOrder(LIMIT, "audiences_rate_limit_requests");
    }

    /** The codes of which a meter counted something. */
    private Stream<String> grown(String meter) {
        return seen.keySet().stream()
                .filter(series ->
                        series.name().equals(meter) && seen.get(series).size() > 1)
                .map(series -> series.labels().get("code"));
    }

    private RunningBundle start(LaunchDarklyStub launchDarkly, KafkaBroker broker) {
        broker.createTopic(TOPIC, 1);
        return RunningBundle.startAgainst(
                launchDarkly,
                "camel.management.port",
                Integer.toString(FreePort.find()),
                "audiences.inbound",
                "http,kafka",
                "audiences.inbound.http.mode",
                "enqueue",
                "audiences.inbound.http.bearer-tokens",
                TOKEN,
                "audiences.inbound.http.reply-timeout-ms",
                "1000",
                "audiences.kafka.brokers",
                broker.bootstrapServers(),
                "audiences.inbound.kafka.poll-wait-ms",
                "50",
                "audiences.batch.max-wait-ms",
                "500",
                "audiences.delivery.retry-delay-ms",
                "20",
                "audiences.delivery.max-retry-delay-ms",
                "50",
                "audiences.delivery.probe-interval-ms",
                "50",
                "audiences.dead-letter.uri",
                "file:" + deadLetters,
                "audiences.dead-letter.max-bytes",
                "100000",
                "audiences.replay",
                "on");
    }

    /** Scrapes when nothing is left that only a weak reference holds. */
    private Scrape look(RunningBundle bundle) {
        System.gc();
        Scrape scrape = bundle.scrape();
        scrape.values().forEach((series, value) -> seen.computeIfAbsent(series, first -> new HashSet<>())
                .add(value));
        return scrape;
    }

    private void until(RunningBundle bundle, Predicate<Scrape> condition) {
        await().atMost(SOON).until(() -> condition.test(look(bundle)));
    }

    private static void post(RunningBundle bundle, String authorization, Object body) {
        bundle.send(bundle.request("/v1/events", "application/json")
                .header("Authorization", authorization)
                .POST(BodyPublishers.ofString(body.toString()))
                .build());
    }

    /** Sends again what LaunchDarkly has refused. */
    private Reply replay(RunningBundle bundle) throws IOException {
        List<String> letters;
        try (Stream<Path> files = Files.list(deadLetters)) {
            letters = Files.readAllLines(files.findFirst().orElseThrow());
        }
        return bundle.send(bundle.request("/v1/dead-letters/replay?force=true", "application/x-ndjson")
                .header("Authorization", "Bearer " + TOKEN)
                .POST(BodyPublishers.ofString(String.join("\n", letters)))
                .build());
    }
}
