package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static io.github.ldaudiences.fixture.AudienceEvent.left;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Latches;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.sandbox.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches, order, redelivery, and what happens when LaunchDarkly does not take what it gets. */
@Tag("delivery")
class DeliveryTest {

    /** Without it, nothing counts the exchanges of a route. */
    private static final String COUNTS_OF_ROUTES = "camel.main.jmxEnabled";

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();

    @AfterEach
    void closeLaunchDarkly() {
        launchDarkly.close();
    }

    @Test
    void aFullBatchGoesAtOnceAndTheRestAfterItsWait() {
        String[] events = IntStream.range(0, 2500)
                .mapToObj(i -> entered("u" + i).toString())
                .toArray(String[]::new);
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                COUNTS_OF_ROUTES,
                "true",
                "audiences.batch.min-wait-ms",
                "30000",
                "audiences.batch.max-wait-ms",
                "30000",
                "audiences.inbound.http.reply-timeout-ms",
                "60000")) {
            CompletableFuture<Reply> reply = bundle.postAsync(array((Object[]) events));
            await().until(() -> launchDarkly.requests().size() == 2);
            // Three chunks of 1,000 events at most: the rest is in its batch.
            await().until(() -> bundle.completed("batch") == 3);
            assertThat(reply).isNotDone();
            bundle.stop(); // completes the open batch
            assertThat(reply.join().count("delivered")).isEqualTo(2500);
        }
        assertThat(launchDarkly.requests().stream()
                        .map(request -> request.members().size()))
                .containsExactly(1000, 1000, 500);
    }

    @Test
    void anEventThatNothingElseIsAtHandForGoesAtOnce() {
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                "audiences.batch.max-wait-ms",
                "300000",
                "audiences.inbound.http.reply-timeout-ms",
                "600000")) {
            assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(200);
            assertThat(bundle.post(array(entered("u2"), entered("u3"))).status())
                    .isEqualTo(200);
        }
        assertThat(launchDarkly.requests())
                .extracting(LaunchDarklyStub.Request::members)
                .containsExactly(List.of("u1"), List.of("u2", "u3"));
    }

    @Test
    void whileARequestIsUnderWayTheNextBatchFills() {
        CountDownLatch release = new CountDownLatch(1);
        launchDarkly.answer(request -> {
            Latches.await(release);
            return Answer.of(204);
        });
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, COUNTS_OF_ROUTES, "true")) {
            List<CompletableFuture<Reply>> replies = new ArrayList<>();
            replies.add(bundle.postAsync(entered("u0").toString()));
            await().until(() -> launchDarkly.requests().size() == 1);
            for (int i = 1; i <= 20; i++) {
                replies.add(bundle.postAsync(entered("u" + i).toString()));
            }
            await().until(() -> bundle.completed("batch") == 21);
            release.countDown();
            assertThat(replies)
                    .allSatisfy(reply -> assertThat(reply.join().status()).isEqualTo(200));
        }
        assertThat(launchDarkly.requests()).hasSize(2);
        assertThat(launchDarkly.requests().get(1).members()).hasSize(20);
    }

    @Test
    void anotherAttemptTakesAlongWhatHasArrivedSinceTheFirst() {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger attempts = new AtomicInteger();
        launchDarkly.answer(request -> {
            if (attempts.incrementAndGet() > 1) {
                return Answer.of(204);
            }
            Latches.await(release);
            return Answer.of(503);
        });
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, COUNTS_OF_ROUTES, "true")) {
            CompletableFuture<Reply> first =
                    bundle.postAsync(entered("u1").at(1).toString());
            await().until(() -> attempts.get() == 1);
            CompletableFuture<Reply> second =
                    bundle.postAsync(array(left("u1").at(2), entered("u2").at(2)));
            await().until(() -> bundle.completed("batch") == 2);
            release.countDown();
            assertThat(first.join().status()).isEqualTo(200);
            assertThat(second.join().count("delivered")).isEqualTo(2);
        }
        assertThat(launchDarkly.requests()).hasSize(2);
        assertThat(launchDarkly.requests().get(1).members()).containsExactly("u1", "u2");
        assertThat(lastValues()).containsExactly("false", "true");
    }

    @Test
    void whatLaunchDarklyHasAlreadyNeedsNoRequest() {
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            bundle.post(array(entered("u1").at(2000), entered("u2").at(2000)));
            Reply reply = bundle.post(array(
                    entered("u1").at(2000), // again
                    left("u2").at(1000), // late
                    entered("u3").at(2000)));
            assertThat(reply.count("delivered")).isEqualTo(3);
            assertThat(bundle.repeats()).isEqualTo(2);
            assertThat(bundle.lateChanges()).isEqualTo(1);
        }
        assertThat(launchDarkly.requests())
                .extracting(LaunchDarklyStub.Request::members)
                .containsExactly(List.of("u1", "u2"), List.of("u3"));
    }

    @Test
    void aNewerEventIsSentAlthoughItSaysTheSame() {
        // Another process may have sent the opposite in between.
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            bundle.post(entered("u1").at(2000).toString());
            bundle.post(entered("u1").at(2001).toString());
        }
        assertThat(launchDarkly.requests()).hasSize(2);
    }

    @Test
    void amongEventsOfOneTimeTheLastToArriveCountsAlthoughItRepeatsAnEarlierOne() {
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            bundle.post(entered("u1").at(2000).toString());
            bundle.post(array(left("u1").at(2000), entered("u1").at(2000)));
        }
        assertThat(lastValues()).containsExactly("true");
    }

    @Test
    void whatIsUnderWayIsJoinedAndNotSentTwice() {
        CountDownLatch release = new CountDownLatch(1);
        launchDarkly.answer(request -> {
            Latches.await(release);
            return Answer.of(204);
        });
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, COUNTS_OF_ROUTES, "true")) {
            CompletableFuture<Reply> first =
                    bundle.postAsync(entered("u1").at(2000).toString());
            await().until(() -> launchDarkly.requests().size() == 1);
            CompletableFuture<Reply> again =
                    bundle.postAsync(entered("u1").at(2000).toString());
            await().until(() -> bundle.completed("batch") == 2);
            assertThat(again).as("not before LaunchDarkly has it").isNotDone();
            release.countDown();
            assertThat(first.join().count("delivered")).isEqualTo(1);
            assertThat(again.join().count("delivered")).isEqualTo(1);
        }
        assertThat(launchDarkly.requests()).hasSize(1);
    }

    @Test
    void whatHasJoinedAnAttemptThatFailsIsStillDelivered() {
        launchDarkly.answer(request -> Answer.of(503));
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                "audiences.inbound.http.reply-timeout-ms",
                "2000",
                "audiences.delivery.max-retry-delay-ms",
                "100")) {
            CompletableFuture<Reply> first =
                    bundle.postAsync(entered("u1").at(2000).toString());
            await().until(() -> launchDarkly.requests().size() >= 2);
            assertThat(first.join().status()).isEqualTo(503);
            launchDarkly.answer(request -> Answer.of(204));
            assertThat(bundle.post(entered("u1").at(2000).toString()).status()).isEqualTo(200);
        }
        assertThat(lastValues()).containsExactly("true");
    }

    @Test
    void aRequestStaysBelowItsByteLimit() {
        String[] events = IntStream.range(0, 500)
                .mapToObj(i -> entered("\u4e2d\"".repeat(20) + i).toString())
                .toArray(String[]::new);
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, "audiences.batch.max-bytes", "20000")) {
            assertThat(bundle.post(array((Object[]) events)).count("delivered")).isEqualTo(500);
        }
        assertThat(launchDarkly.requests())
                .allSatisfy(request -> assertThat(request.body().getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .hasSizeLessThanOrEqualTo(20_000));
        // Not one member a request, either: about 100 fit.
        assertThat(launchDarkly.requests()).hasSizeLessThan(8);
    }

    @Test
    void eachAudienceHasItsOwnRequest() {
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            bundle.post(array(
                    AudienceEvent.identify("aud_1", "one", true).user("u1"),
                    AudienceEvent.identify("aud_2", "two", true).user("u1"),
                    AudienceEvent.identify("aud_1", "one", true).user("u2")));
        }
        assertThat(launchDarkly.requests().stream().map(request -> String.join(",", request.members())))
                .containsExactlyInAnyOrder("u1,u2", "u1");
    }

    @Test
    void withoutBatchingEachEventIsARequest() {
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                "audiences.mapping.sync-engage-audience.enable-batching",
                "false",
                "audiences.batch.max-wait-ms",
                "4000")) {
            assertThat(bundle.post(array(entered("u1"), entered("u2"), left("u1")))
                            .count("delivered"))
                    .isEqualTo(3);
        }
        assertThat(launchDarkly.requests().stream()
                        .map(request -> request.members() + " "
                                + request.json().at("/batch/0/value").asBoolean()))
                .containsExactly("[u1] true", "[u2] true", "[u1] false");
    }

    @Test
    void withoutBatchingTenThousandEventsInOneRequestAreDelivered() {
        Object[] events =
                IntStream.range(0, 10_000).mapToObj(i -> entered("u" + i)).toArray();
        try (RunningBundle bundle = RunningBundle.start(
                "audiences.mapping.sync-engage-audience.enable-batching", "false",
                "audiences.delivery.max-requests", "1000000",
                "audiences.inbound.http.reply-timeout-ms", "120000")) {
            assertThat(bundle.post(array(events)).count("delivered")).isEqualTo(10_000);
        }
    }

    @Test
    void identifiersOfAbsurdLengthAreRejected() {
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            Reply reply = bundle.post(array(
                    entered("x".repeat(501)),
                    AudienceEvent.identify("a".repeat(501), "vip", true).user("u1"),
                    entered("y".repeat(500))));
            assertThat(reply.count("delivered")).isEqualTo(1);
            assertThat(reply.reason(0)).contains("context_key: expected at most 500 characters, found 501");
            assertThat(reply.reason(1)).contains("segment_audience_id");
        }
    }

    @Test
    void ofTwoStatesOfOnePersonTheNewestByEventTimeIsSentOnce() {
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            Reply reply = bundle.post(array(
                    entered("u1").at(2000),
                    left("u1").at(1000),
                    left("u2").at(1000),
                    entered("u2").at(1000)));
            assertThat(reply.count("delivered")).isEqualTo(4);
        }
        assertThat(launchDarkly.requests()).hasSize(1);
        assertThat(launchDarkly.requests().get(0).members()).containsExactly("u1", "u2");
        assertThat(launchDarkly.requests().get(0).json().findValuesAsText("value"))
                .containsExactly("true", "true");
    }

    @Test
    void anOlderEventThatArrivesInALaterRequestDoesNotUndoANewerOne() {
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, "audiences.batch.skip-repeats", "false")) {
            bundle.post(array(entered("u1").at(2000), entered("u2").at(2000)));
            Reply reply = bundle.post(array(left("u1").at(1000), left("u2").at(2000)));
            assertThat(reply.count("delivered")).isEqualTo(2);
        }
        assertThat(launchDarkly.requests().get(1).json().findValuesAsText("value"))
                .containsExactly("true", "false");
    }

    @Test
    void anOlderEventThatArrivesAfterANewerOneCouldNotBeDeliveredSendsTheNewerState() {
        launchDarkly.answer(request -> Answer.of(503));
        try (RunningBundle bundle =
                RunningBundle.startAgainst(launchDarkly, "audiences.inbound.http.reply-timeout-ms", "600")) {
            assertThat(bundle.post(entered("u1").at(2000).toString()).status()).isEqualTo(503);
            launchDarkly.answer(request -> Answer.of(204));
            await().until(() -> bundle.post(left("u1").at(1000).toString()).status() == 200);
        }
        assertThat(lastValues()).containsExactly("true");
    }

    @Test
    void anOlderEventThatArrivesAfterANewerOneWasRefusedSendsTheNewerState() {
        launchDarkly.answer(request -> Answer.of(400));
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            assertThat(bundle.post(entered("u1").at(2000).toString()).count("rejected"))
                    .isEqualTo(1);
            assertThat(bundle.post(left("u1").at(1000).toString()).count("rejected"))
                    .as("refused as long as the newer state is")
                    .isEqualTo(1);
            launchDarkly.answer(request -> Answer.of(204));
            assertThat(bundle.post(left("u1").at(1500).toString()).count("delivered"))
                    .isEqualTo(1);
        }
        assertThat(lastValues()).containsExactly("true");
    }

    @Test
    void anEventThatNoMappingCouldUseHoldsUpNoOlderOne() {
        AudienceEvent unusable = entered("u1").at(2000);
        unusable.json().putObject("traits").put("vip_customers", "perhaps");
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            assertThat(bundle.post(unusable.toString()).count("rejected")).isEqualTo(1);
            assertThat(bundle.post(left("u1").at(1000).toString()).count("delivered"))
                    .isEqualTo(1);
        }
        assertThat(lastValues()).containsExactly("false");
    }

    @Test
    void eachMappingOfAnEventRemembersItsOwnStates() {
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                "audiences.mapping.accounts.context-kind",
                "account",
                "audiences.batch.skip-repeats",
                "false")) {
            bundle.post(entered("u1").at(2000).toString());
            assertThat(bundle.post(left("u1").at(1000).toString()).count("delivered"))
                    .isEqualTo(1);
            assertThat(bundle.lateChanges()).isEqualTo(2);
        }
        assertThat(launchDarkly.requests()).hasSize(4).allSatisfy(request -> assertThat(
                        request.json().findValuesAsText("value"))
                .containsExactly("true"));
    }

    private List<String> lastValues() {
        return launchDarkly
                .requests()
                .get(launchDarkly.requests().size() - 1)
                .json()
                .findValuesAsText("value");
    }

    @Test
    void flipsOfOnePersonEndInTheRightStateAlthoughLaunchDarklyKeepsFailing() {
        int flips = 2000;
        try (RunningBundle bundle = RunningBundle.start(
                "audiences.batch.max-wait-ms", "5",
                "audiences.delivery.retry-delay-ms", "5",
                "audiences.delivery.max-requests", "100000",
                "audiences.inbound.http.reply-timeout-ms", "60000")) {
            bundle.sandbox().add(Fault.status(503, 0).inFraction(0.3));
            List<CompletableFuture<Reply>> replies = new ArrayList<>();
            for (int i = 1; i <= flips; i++) {
                AudienceEvent flip = i % 2 == 0 ? left("u1") : entered("u1");
                replies.add(bundle.postAsync(array(flip.at(i), entered("other-" + i))));
                if (i % 50 == 0) {
                    replies.get(i - 1).join(); // so that many batches follow each other
                }
            }
            assertThat(replies).allSatisfy(reply -> assertThat(reply.join().count("delivered"))
                    .isEqualTo(2));
            assertThat(bundle.excluded("aud_1")).containsExactly("u1");
            assertThat(bundle.included("aud_1")).hasSize(flips);
            assertThat(bundle.sandbox().stats().path("overlaps").asInt()).isZero();
            assertThat(bundle.sandbox().stats().path("requests").asInt())
                    .isGreaterThan(bundle.sandbox().stats().path("accepted").asInt());
        }
    }

    @Test
    void anAudienceNeverHasTwoRequestsUnderWayAndOthersDoNotWait() {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        launchDarkly.answer(request -> {
            if (request.body().contains("aud_slow")) {
                most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                Latches.await(release);
                underWay.decrementAndGet();
            }
            return Answer.of(204);
        });
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            List<CompletableFuture<Reply>> slow = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                slow.add(bundle.postAsync(AudienceEvent.identify("aud_slow", "slow", true)
                        .user("u" + i)
                        .toString()));
                // Each in a batch of its own: the others are served while the slow one is held.
                assertThat(bundle.post(AudienceEvent.identify("aud_quick", "quick", true)
                                        .user("u" + i)
                                        .toString())
                                .status())
                        .isEqualTo(200);
            }
            assertThat(slow).noneMatch(CompletableFuture::isDone);
            release.countDown();
            assertThat(slow)
                    .allSatisfy(reply -> assertThat(reply.join().status()).isEqualTo(200));
        }
        assertThat(most).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 409, 423, 429, 500, 502, 503, 504, -1})
    void whatMayPassIsTriedAgain(int status) {
        AtomicInteger attempts = new AtomicInteger();
        launchDarkly.answer(request -> Answer.of(attempts.incrementAndGet() < 3 ? status : 204));
        try (RunningBundle bundle =
                RunningBundle.startAgainst(launchDarkly, "audiences.delivery.retry-delay-ms", "20")) {
            assertThat(bundle.post(entered("u1").toString()).count("delivered")).isEqualTo(1);
            assertThat(bundle.deadLetters()).isEmpty();
        }
        assertThat(attempts).hasValue(3);
        assertThat(launchDarkly.requests().stream()
                        .map(LaunchDarklyStub.Request::body)
                        .distinct())
                .hasSize(1);
    }

    @Test
    void whenLaunchDarklyStaysAwayTheCallerGets503AndNothingMoreIsSent() {
        launchDarkly.answer(request -> Answer.of(503));
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                "audiences.inbound.http.reply-timeout-ms",
                "600",
                "audiences.delivery.retry-delay-ms",
                "50",
                "audiences.inbound.http.retry-after-seconds",
                "7")) {
            Reply reply = bundle.post(entered("u1").toString());
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.header("Retry-After")).isEqualTo("7");
            assertThat(reply.error()).contains("Send the request again");
            assertThat(bundle.deadLetters()).isEmpty();

            launchDarkly.answer(request -> Answer.of(204));
            // On a busy machine, u1's turn may last longer than the caller of u2 waits.
            await().until(() -> bundle.post(entered("u2").toString()).status() == 200);
        }
        // u2 had to wait for u1's turn to end, and u1 was not sent again in it.
        assertThat(launchDarkly
                        .requests()
                        .get(launchDarkly.requests().size() - 1)
                        .members())
                .containsExactly("u2");
        assertThat(launchDarkly.requests()).hasSizeGreaterThan(2);
    }

    @Test
    void aRedirectIsAFailureAndIsNotFollowed() {
        try (LaunchDarklyStub elsewhere = new LaunchDarklyStub()) {
            launchDarkly.answer(request -> new Answer(307, "", "Location", elsewhere.url() + request.path()));
            try (RunningBundle bundle =
                    RunningBundle.startAgainst(launchDarkly, "audiences.inbound.http.reply-timeout-ms", "300")) {
                assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(503);
            }
            assertThat(elsewhere.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 422})
    void aMemberThatLaunchDarklyRefusesGoesToTheDeadLetterAloneAndTheOthersArrive(int status) {
        List<String> arrived = new ArrayList<>();
        launchDarkly.answer(request -> {
            if (request.members().contains("u77")) {
                return new Answer(
                        status,
                        "{\"code\":\"invalid_request\",\"message\":\"bad member\",\"id\":\"support-42\"}",
                        "Content-Type",
                        "application/json");
            }
            synchronized (arrived) {
                arrived.addAll(request.members());
            }
            return Answer.of(204);
        });
        Object[] events =
                IntStream.range(0, 200).mapToObj(i -> entered("u" + i)).toArray();
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            Reply reply = bundle.post(array(events));
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.count("delivered")).isEqualTo(199);
            assertThat(reply.count("rejected")).isEqualTo(1);
            assertThat(reply.json().at("/rejections/0/index").asInt()).isEqualTo(77);
            assertThat(reply.reason(0)).contains("bad member").contains("support-42");
            assertThat(bundle.deadLetters()).hasSize(1);
            assertThat(bundle.deadLetters().get(0).at("/event/userId").asText()).isEqualTo("u77");
            assertThat(bundle.deadLetters().get(0).path("destination").asText()).isEqualTo("launchdarkly");
        }
        assertThat(arrived).hasSize(199).doesNotContain("u77");
        // 2 x log2(200) and a few.
        assertThat(launchDarkly.requests()).hasSizeLessThan(20);
    }

    @Test
    void whenTheDeadLetterCannotBeWrittenTheSourceKeepsTheEvent() {
        try (RunningBundle bundle =
                RunningBundle.startAgainst(launchDarkly, "audiences.dead-letter.uri", "file:/proc/nowhere")) {
            Reply reply = bundle.post(array(entered("u1"), AudienceEvent.identify("aud_1", "vip", true)));
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.error()).contains("dead letter could not be written");
        }
    }

    @Test
    void aDeadLetterEndpointOtherThanAFileGetsAMessageForEachEvent() {
        try (RunningBundle bundle =
                RunningBundle.startAgainst(launchDarkly, "audiences.dead-letter.uri", "seda:dead-letters")) {
            Reply reply = bundle.post(
                    array(AudienceEvent.identify("aud_1", "vip", true), AudienceEvent.identify("aud_2", "vip", true)));
            assertThat(reply.count("rejected")).isEqualTo(2);
            for (int i = 0; i < 2; i++) {
                String line =
                        bundle.context().createConsumerTemplate().receiveBody("seda:dead-letters", 5000, String.class);
                assertThat(line).startsWith("{").doesNotContain("\n");
            }
        }
    }

    @Test
    void stoppingDeliversOpenBatchesAndAnswersTheirCallers() {
        try (RunningBundle bundle = RunningBundle.startAgainst(
                launchDarkly,
                "audiences.batch.min-wait-ms",
                "3000",
                "audiences.batch.max-wait-ms",
                "3000",
                "audiences.inbound.http.reply-timeout-ms",
                "20000")) {
            List<CompletableFuture<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                replies.add(bundle.postAsync(AudienceEvent.identify("aud_" + i, "vip", true)
                        .user("u1")
                        .toString()));
            }
            await().until(() -> bundle.context().getInflightRepository().size("inbound-http") == 20);
            bundle.stop();
            assertThat(replies).allSatisfy(reply -> assertThat(reply.join().count("delivered"))
                    .isEqualTo(1));
        }
        assertThat(launchDarkly.requests()).hasSize(20);
    }

    @Test
    void beyondTheBacklogCallersAreAskedToComeAgain() {
        CountDownLatch release = new CountDownLatch(1);
        launchDarkly.answer(request -> {
            Latches.await(release);
            return Answer.of(204);
        });
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, "audiences.backlog.max-events", "2")) {
            CompletableFuture<Reply> first = bundle.postAsync(array(entered("u1"), entered("u2")));
            await().until(() -> !launchDarkly.requests().isEmpty());
            Reply second = bundle.post(entered("u3").toString());
            assertThat(second.status()).isEqualTo(503);
            assertThat(second.header("Retry-After")).isNotNull();
            release.countDown();
            assertThat(first.join().status()).isEqualTo(200);
            assertThat(bundle.post(entered("u3").toString()).status()).isEqualTo(200);
        }
    }
}
