package io.github.ldaudiences.metrics;

import static io.github.ldaudiences.fixture.AudienceEvent.identify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.batch.AudienceLanes;
import io.github.ldaudiences.delivery.FailingAudiences;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.Latches;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Request;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.fixture.Scrape;
import io.github.ldaudiences.fixture.Scrape.Series;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What Prometheus scrapes of times, answers and single audiences, whatever LaunchDarkly and senders do. */
@Tag("observe")
class PrometheusMetersTest {

    private static final String FAILING = "audiences_failing_audience_attempts";
    private static final Duration SOON = Duration.ofSeconds(30);

    private static LaunchDarklyStub launchDarkly;
    private static RunningBundle bundle;
    private static int users;

    @BeforeAll
    static void start() {
        launchDarkly = new LaunchDarklyStub();
        bundle = RunningBundle.startAgainst(
                launchDarkly,
                "camel.management.port",
                Integer.toString(FreePort.find()),
                "audiences.delivery.retry-delay-ms",
                "20",
                "audiences.delivery.max-retry-delay-ms",
                "50",
                "audiences.delivery.probe-interval-ms",
                "50",
                "audiences.event.max-bytes",
                "100000");
    }

    @AfterAll
    static void stop() {
        bundle.close();
        launchDarkly.close();
    }

    @BeforeEach
    void letThrough() {
        launchDarkly.answer(request -> Answer.of(204));
    }

    @Test
    void anEventThatIsDeliveredCountsOnceWithTheTimeThatItTook() {
        Scrape before = bundle.scrape();

        deliver(event("aud_1"), event("aud_2"));

        Scrape after = bundle.scrape();
        assertThat(grown(before, after, "audiences_event_delivery_seconds_count"))
                .isEqualTo(2);
        assertThat(grown(before, after, "audiences_event_delivery_seconds_sum")).isBetween(0.0, 60.0);
        assertThat(grown(before, after, "audiences_request_members_sum")).isEqualTo(2);
        assertThat(after.value(new Series(
                        "audiences_event_delivery_seconds_bucket",
                        Map.of("destination", "launchdarkly", "le", "+Inf"))))
                .isEqualTo(after.sum("audiences_event_delivery_seconds_count"));
    }

    @Test
    void answersWithStrangeStatusesAreCountedByTheirClass() {
        Iterator<Integer> statuses = List.of(599, 799, 503, -1, 299).iterator();
        launchDarkly.answer(request -> Answer.of(statuses.next()));
        Scrape before = bundle.scrape();

        deliver(event("aud_1"));

        Scrape after = bundle.scrape();
        for (String status : List.of("5xx", "other", "503", "none", "2xx")) {
            Series answers = new Series(
                    "audiences_request_seconds_count", Map.of("destination", "launchdarkly", "status", status));
            assertThat(after.value(answers) - before.value(answers)).as(status).isEqualTo(1);
        }
    }

    @Test
    void audiencesWithLongIdsOrQuotesAndLineBreaksHaveNamesThatPrometheusCanRead() {
        String quoted = "say \"hi\" \\ {a=\"b\"}\nand more";
        launchDarkly.answer(request -> Answer.of(500));
        CompletableFuture<Reply> reply = bundle.postAsync(AudienceEvent.array(
                event("x".repeat(500)), event("x".repeat(499) + "y"), event(quoted), event("z".repeat(10_000))));
        await().atMost(SOON).until(() -> audiences(FAILING).size() >= 2);

        assertThat(audiences(FAILING))
                .containsExactlyInAnyOrder(
                        "x".repeat(128) + "…",
                        quoted.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
        letThrough();
        assertThat(reply.join().count("rejected")).isEqualTo(1); // an id that is too long even for LaunchDarkly
        assertThat(audiences(FAILING)).isEmpty();
    }

    @Test
    void ofManyFailingAudiencesTheTenWorstHaveASeries() {
        launchDarkly.answer(request -> Answer.of(isOf(request, "aud_good") ? 204 : 500));
        CompletableFuture<?> reply = bundle.postAsync(AudienceEvent.array(
                IntStream.range(0, 12).mapToObj(i -> event("aud_" + i)).toArray()));
        deliver(event("aud_good"));
        await().atMost(SOON).until(() -> audiences(FAILING).size() == 10);
        assertThat(audiences(FAILING)).doesNotContain("aud_good");

        letThrough();
        reply.join();
        assertThat(audiences(FAILING)).isEmpty();
    }

    @Test
    void theAudienceThatWaitsIsSlowAndSoIsItsDestination() {
        CountDownLatch answer = new CountDownLatch(1);
        launchDarkly.answer(request -> {
            if (isOf(request, "aud_slow")) {
                Latches.await(answer);
            }
            return Answer.of(204);
        });
        CompletableFuture<?> reply = bundle.postAsync(event("aud_slow").toString());
        await().atMost(SOON).until(() -> slowest(Duration.ZERO).size() == 1);
        deliver(event("aud_fast"));

        // The reply does not wait until the lane is empty.
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(slowest(Duration.ZERO)).containsExactly("aud_slow"));
        assertThat(slowest(Duration.ofMinutes(1))).isEmpty();
        assertThat(bundle.scrape().sum("audiences_destination_oldest_event_age_seconds"))
                .isPositive();
        answer.countDown();
        reply.join();
        await().atMost(SOON).until(() -> slowest(Duration.ZERO).isEmpty());
        assertThat(bundle.scrape().sum("audiences_destination_oldest_event_age_seconds"))
                .isZero();
    }

    private static void deliver(AudienceEvent... events) {
        assertThat(bundle.post(AudienceEvent.array((Object[]) events)).status()).isEqualTo(200);
    }

    /** Each of another person, so that none is a repeat. */
    private static AudienceEvent event(String audience) {
        return identify(audience, "vip_customers", true).user("u" + users++);
    }

    private static double grown(Scrape before, Scrape after, String name) {
        return after.sum(name) - before.sum(name);
    }

    private static boolean isOf(Request request, String audience) {
        return request.json().at("/batch/0/cohortId").asText().equals(audience);
    }

    private static List<String> audiences(String meter) {
        return bundle.scrape().values().keySet().stream()
                .filter(series -> series.name().equals(meter))
                .map(series -> series.labels().get("audience"))
                .toList();
    }

    /** The audiences that are shown if one is slow from that age on. */
    private static List<String> slowest(Duration slow) {
        AudienceLanes lanes = bundle.context().getRegistry().lookupByNameAndType("audienceLanes", AudienceLanes.class);
        MetricSnapshot slowest = new PrometheusMeters(List.of(), lanes, new FailingAudiences(Duration.ZERO), slow)
                .collect().stream()
                        .filter(each -> each.getMetadata().getName().equals("audiences_slowest_audience_age_seconds"))
                        .findFirst()
                        .orElseThrow();
        return slowest.getDataPoints().stream()
                .map(point -> point.getLabels().get("audience"))
                .toList();
    }
}
