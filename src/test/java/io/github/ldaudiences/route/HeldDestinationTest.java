package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.health.HealthCheckHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** LaunchDarkly refuses a token, or does not know an environment: nothing is lost, and it is said what to mend. */
@Tag("delivery")
class HeldDestinationTest {

    private static final String HEALTH = "access-to-launchdarkly";

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();

    @AfterEach
    void closeLaunchDarkly() {
        launchDarkly.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401 | Set a service token that is valid: audiences.destination.launchdarkly.service-token.",
                "403 | needs the actions createSegment and updateIncluded in the environment with the client-side ID"
                        + " test-client-id",
                "404 | Set the client-side ID test-client-id (audiences.destination.launchdarkly.client-side-id)",
                "302 | check audiences.destination.launchdarkly.api-url, which is http://127.0.0.1",
            })
    void sourcesKeepTheirEventsAndHealthSaysWhatToMend(int status, String advice) {
        launchDarkly.answer(
                request -> new Answer(status, "{\"message\":\"No, not you\"}", "Content-Type", "application/json"));
        try (RunningBundle bundle = start("audiences.inbound.http.reply-timeout-ms", "700")) {
            assertThat(bundle.problem(HEALTH)).isNull();
            Reply reply = bundle.post(entered("u1").toString());
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.header("Retry-After")).isNotNull();
            assertThat(bundle.deadLetters()).isEmpty();
            // On a busy machine, the caller may have its answer before LaunchDarkly's is read.
            await().until(() -> bundle.problem(HEALTH) != null);
            assertThat(bundle.problem(HEALTH))
                    .contains("Destination launchdarkly is held: LaunchDarkly answered " + status + ": No, not you.")
                    .contains(advice)
                    .doesNotContain(LaunchDarklyStub.TOKEN);
            // Callers can be answered, and other destinations go on.
            assertThat(HealthCheckHelper.invokeReadiness(bundle.context()))
                    .allSatisfy(check -> assertThat(check.getState().name()).isEqualTo("UP"));
        }
    }

    @Test
    void attemptsGoOnAtASlowPaceAndEndTheHold() {
        AtomicInteger token = new AtomicInteger(401);
        launchDarkly.answer(request -> Answer.of(token.get()));
        try (RunningBundle bundle = start(
                "audiences.inbound.http.reply-timeout-ms", "60000",
                "audiences.delivery.retry-delay-ms", "1",
                "audiences.delivery.max-retry-delay-ms", "2",
                "audiences.delivery.probe-interval-ms", "700")) {
            List<CompletableFuture<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                replies.add(bundle.postAsync(AudienceEvent.identify("aud_" + i, "vip", true)
                        .user("u1")
                        .toString()));
            }
            await().until(() -> bundle.problem(HEALTH) != null);
            int before = launchDarkly.requests().size();
            // As many as were under way when the first was refused.
            assertThat(before).isLessThanOrEqualTo(8);
            await().until(() -> launchDarkly.requests().size() == before + 2);
            assertThat(replies).noneMatch(CompletableFuture::isDone);
            token.set(204);
            assertThat(replies).allSatisfy(reply -> assertThat(reply.join().count("delivered"))
                    .isEqualTo(1));
            assertThat(bundle.problem(HEALTH)).isNull();
        }
    }

    @Test
    void otherDestinationsGoOn() {
        launchDarkly.answer(request ->
                Answer.of(request.json().path("environmentId").asText().equals("test-client-id") ? 403 : 204));
        try (RunningBundle bundle = start(
                "audiences.inbound.http.reply-timeout-ms", "500",
                "audiences.destination.other.api-url", launchDarkly.url(),
                "audiences.destination.other.sdk-url", launchDarkly.url(),
                "audiences.destination.other.service-token", LaunchDarklyStub.TOKEN,
                "audiences.destination.other.client-side-id", "other",
                "audiences.mapping.other.destination", "other",
                "audiences.mapping.other.trigger", "event = \"other\"",
                "audiences.mapping.sync-engage-audience.trigger", "event != \"other\"")) {
            AudienceEvent other = AudienceEvent.track("aud_1", "vip", true).user("u1");
            other.json().put("event", "other");
            assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(503);
            await().until(() -> bundle.problem(HEALTH) != null);
            await().until(() -> bundle.post(other.toString()).status() == 200);
            assertThat(bundle.problem(HEALTH)).isNotNull();
            assertThat(bundle.problem("access-to-other")).isNull();
        }
    }

    @Test
    void stoppingDoesNotWaitForAHeldDestination() {
        launchDarkly.answer(request -> Answer.of(401));
        CompletableFuture<Reply> reply;
        try (RunningBundle bundle = start("audiences.inbound.http.reply-timeout-ms", "600000")) {
            reply = bundle.postAsync(entered("u1").toString());
            await().until(() -> bundle.problem(HEALTH) != null);
            bundle.stop();
        }
        assertThat(reply.join().status()).isEqualTo(503);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "versions | 401 | LaunchDarkly answered 401 for the service token. Set a service token that is valid",
                "versions | 403 | LaunchDarkly answered 403 for the service token. Set a service token that is valid",
                "goals | 404 | LaunchDarkly answered 404 for the environment. Set the client-side ID test-client-id",
            })
    void theCheckAtStartSaysWhatIsWrongBeforeAnyEventComes(String path, int status, String sentence) {
        launchDarkly.answerChecks(request -> Answer.of(request.path().contains(path) ? status : 200));
        try (RunningBundle bundle = start("audiences.delivery.probe-interval-ms", "50")) {
            await().until(() -> bundle.problem(HEALTH) != null);
            assertThat(bundle.problem(HEALTH)).contains(sentence);
            launchDarkly.answerChecks(request -> Answer.of(200));
            await().until(() -> bundle.problem(HEALTH) == null);
        }
        assertThat(launchDarkly.requests()).isEmpty();
    }

    @Test
    void theCheckAsksForTheEnvironmentWithoutTheTokenAndForTheTokenWithIt() {
        try (RunningBundle bundle = start()) {
            await().until(() -> launchDarkly.checks().size() == 2);
            assertThat(bundle.problem(HEALTH)).isNull();
        }
        assertThat(launchDarkly.checks())
                .extracting(check -> check.method()
                        + ' '
                        + check.path()
                        + ' '
                        + check.headers().getFirst("Authorization"))
                .containsExactly(
                        "HEAD /sdk/goals/test-client-id null", "GET /api/v2/versions " + LaunchDarklyStub.TOKEN);
    }

    @Test
    void theCheckCanBeWrongAndEventsAreDeliveredAllTheSame() {
        launchDarkly.answerChecks(request -> Answer.of(404));
        try (RunningBundle bundle = start()) {
            await().until(() -> bundle.problem(HEALTH) != null);
            assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(200);
            assertThat(bundle.problem(HEALTH)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 302, -1})
    void aCheckThatIsNotAnsweredHoldsNothingAndIsMadeAgain(int status) {
        AtomicInteger checks = new AtomicInteger();
        launchDarkly.answerChecks(request -> Answer.of(checks.incrementAndGet() < 5 ? status : 200));
        try (RunningBundle bundle = start("audiences.delivery.probe-interval-ms", "50")) {
            await().until(() -> checks.get() >= 6);
            assertThat(bundle.problem(HEALTH)).isNull();
        }
    }

    @Test
    void theCheckCanBeTurnedOff() {
        try (RunningBundle bundle = start("audiences.check-credentials", "off")) {
            assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(200);
        }
        assertThat(launchDarkly.checks()).isEmpty();
    }

    private RunningBundle start(String... properties) {
        return RunningBundle.startAgainst(launchDarkly, properties);
    }
}
