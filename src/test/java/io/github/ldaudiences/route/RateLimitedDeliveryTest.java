package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.sandbox.RateLimitSetting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LaunchDarkly says how fast it takes requests, and that is how fast they come. */
@Tag("delivery")
class RateLimitedDeliveryTest {

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();

    @AfterEach
    void closeLaunchDarkly() {
        launchDarkly.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 300", "3, 500", "10, 1000"})
    void thereIsNoMoreThanOneRefusalInAWindow(int requests, long windowMs) {
        int audiences = Math.max(6, 3 * requests);
        try (RunningBundle bundle = RunningBundle.start(
                "audiences.inbound.http.reply-timeout-ms", "120000",
                "audiences.delivery.max-requests", "1000000")) {
            bundle.sandbox().limit(new RateLimitSetting(requests, windowMs));
            Object[] events = IntStream.range(0, audiences)
                    .mapToObj(i -> AudienceEvent.identify("aud_" + i, "vip", true)
                            .user("u" + i)
                            .toString())
                    .toArray();
            assertThat(bundle.post(AudienceEvent.array(events)).count("delivered"))
                    .isEqualTo(audiences);
            assertThat(bundle.sandbox().stats().path("mostRateLimitedInAWindow").asInt())
                    .isLessThanOrEqualTo(1);
            assertThat(bundle.sandbox().stats().path("windows").asInt()).isGreaterThanOrEqualTo(audiences / requests);
        }
    }

    @ParameterizedTest
    @CsvSource({"429, Retry-After", "429, retry-after", "503, Retry-After", "429, X-Ratelimit-Reset"})
    void aRefusalHoldsBackAllAudiencesForAsLongAsItAsks(int status, String header) {
        List<Long> arrivals = new ArrayList<>();
        launchDarkly.answer(request -> {
            synchronized (arrivals) {
                arrivals.add(System.nanoTime());
                if (arrivals.size() > 1) {
                    return Answer.of(204);
                }
            }
            String value = header.equals("X-Ratelimit-Reset") ? Long.toString(System.currentTimeMillis() + 1_000) : "1";
            return new Answer(status, "", header, value);
        });
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                // Far less than it asks for.
                "audiences.delivery.retry-delay-ms",
                "10")) {
            List<CompletableFuture<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                replies.add(bundle.postAsync(AudienceEvent.identify("aud_" + i, "vip", true)
                        .user("u1")
                        .toString()));
            }
            assertThat(replies)
                    .allSatisfy(reply -> assertThat(reply.join().status()).isEqualTo(200));
        }
        assertThat(arrivals).hasSize(6);
        assertThat(arrivals.get(1) - arrivals.get(0)).isGreaterThanOrEqualTo(950_000_000L);
    }

    @Test
    void noneLeftOnASuccessHoldsTheNextRequestBeforeItIsRefused() {
        List<Long> arrivals = new ArrayList<>();
        launchDarkly.answer(request -> {
            synchronized (arrivals) {
                arrivals.add(System.nanoTime());
            }
            return new Answer(204, "", "X-Ratelimit-Route-Remaining", "0")
                    .and("X-Ratelimit-Reset", Long.toString(System.currentTimeMillis() + 1_000));
        });
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(200);
            assertThat(bundle.post(entered("u2").toString()).status()).isEqualTo(200);
        }
        assertThat(arrivals.get(1) - arrivals.get(0)).isGreaterThanOrEqualTo(990_000_000L);
    }

    @ParameterizedTest
    @CsvSource({
        "Retry-After, -1",
        "Retry-After, soon",
        "Retry-After, 99999999999999999999999",
        "Retry-After, 86400",
        "'Retry-After', 'Fri, 31 Dec 2100 23:59:59 GMT'",
        "X-Ratelimit-Reset, 0",
        "X-Ratelimit-Reset, -17",
        "X-Ratelimit-Reset, 4133980799000",
        "X-Ratelimit-Reset, tomorrow",
        "X-Ratelimit-Route-Remaining, many",
    })
    void valuesThatMakeNoSenseDoNoHarm(String header, String value) {
        AtomicInteger requests = new AtomicInteger();
        launchDarkly.answer(request -> new Answer(requests.incrementAndGet() == 1 ? 429 : 204, "", header, value));
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                "audiences.delivery.retry-delay-ms",
                "10",
                "audiences.delivery.max-retry-delay-ms",
                "300")) {
            assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(200);
            assertThat(bundle.post(entered("u2").toString()).status()).isEqualTo(200);
        }
        assertThat(requests).hasValue(3);
    }

    @Test
    void destinationsWithOneTokenShareItsLimitAndOthersDoNot() {
        List<String> arrivals = new ArrayList<>();
        launchDarkly.answer(request -> {
            String environment = request.json().path("environmentId").asText();
            synchronized (arrivals) {
                arrivals.add(environment);
            }
            return environment.equals("limited") ? new Answer(429, "", "Retry-After", "3600") : Answer.of(204);
        });
        try (RunningBundle bundle = RunningBundle.start(
                "audiences.inbound.http.reply-timeout-ms", "1500",
                "audiences.destination.launchdarkly.api-url", launchDarkly.url(),
                "audiences.destination.launchdarkly.sdk-url", launchDarkly.url(),
                "audiences.destination.launchdarkly.service-token", "shared-token",
                "audiences.destination.launchdarkly.client-side-id", "limited",
                "audiences.destination.sharing.api-url", launchDarkly.url(),
                "audiences.destination.sharing.sdk-url", launchDarkly.url(),
                "audiences.destination.sharing.service-token", "shared-token",
                "audiences.destination.sharing.client-side-id", "sharing",
                "audiences.destination.other.api-url", launchDarkly.url(),
                "audiences.destination.other.sdk-url", launchDarkly.url(),
                "audiences.destination.other.service-token", "other-token",
                "audiences.destination.other.client-side-id", "other",
                "audiences.mapping.sharing.destination", "sharing",
                "audiences.mapping.sharing.trigger", "event = \"sharing\"",
                "audiences.mapping.other.destination", "other",
                "audiences.mapping.other.trigger", "event = \"other\"",
                "audiences.mapping.sync-engage-audience.trigger", "event = \"limited\"")) {
            assertThat(bundle.post(event("limited")).status()).isEqualTo(503);
            assertThat(bundle.post(event("sharing")).status()).isEqualTo(503);
            assertThat(bundle.post(event("other")).status()).isEqualTo(200);
        }
        assertThat(arrivals).containsExactly("limited", "other");
    }

    private static String event(String name) {
        AudienceEvent event = AudienceEvent.track("aud_1", "vip", true).user("u1");
        event.json().put("event", name);
        return event.toString();
    }
}
