package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Latches;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A caller that gets 503 sends its request again. An event that is rejected each time has one dead letter all the same. */
@Tag("deadletter")
class RejectedOnceTest {

    /** No mapping can use it: it names nobody. */
    private static final Object BAD = AudienceEvent.identify("aud_1", "vip_customers", true);

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();

    @AfterEach
    void closeLaunchDarkly() {
        launchDarkly.close();
    }

    @Test
    void aRequestThatIsSentFourTimesUntilItIsDeliveredHasOneLetter() {
        String request = array(17, entered("u1"), BAD);
        launchDarkly.answer(any -> Answer.of(503));
        try (RunningBundle bundle = start("audiences.inbound.http.reply-timeout-ms", "300")) {
            for (int i = 0; i < 3; i++) {
                assertThat(bundle.post(request).status()).isEqualTo(503);
            }
            await().untilAsserted(() -> assertThat(bundle.backlogEvents()).isZero());
            assertWritten(bundle, 0);
            assertThat(bundle.failedEvents()).isEqualTo(9);
            assertThat(bundle.mapped("sync-engage-audience", "rejected"))
                    .as("a mapping looks at an event each time that it comes")
                    .isEqualTo(3);
        }
        launchDarkly.answer(any -> Answer.of(204));
        try (RunningBundle bundle = start()) {
            Reply reply = bundle.post(request);
            assertThat(reply.count("rejected")).isEqualTo(2);
            assertThat(reply.reason(0)).contains("must be a JSON object");
            assertThat(reply.reason(1)).contains("context_key");
            assertWritten(bundle, 2);
        }
    }

    @Test
    void aRequestOfRejectedEventsOnlyDoesNotWaitForLaunchDarkly() {
        launchDarkly.answer(request -> Answer.of(503));
        try (RunningBundle bundle = start()) {
            CompletableFuture<Reply> waits = bundle.postAsync(array(entered("u1"), BAD));
            await().until(() -> !launchDarkly.requests().isEmpty());
            assertThat(bundle.post(array(17, BAD)).count("rejected")).isEqualTo(2);
            assertThat(waits).isNotDone();
            assertWritten(bundle, 2);

            launchDarkly.answer(request -> Answer.of(204));
            assertThat(waits.join().count("rejected")).isEqualTo(1);
            assertWritten(bundle, 3);
        }
    }

    @Test
    void aRefusedMemberIsWrittenForTheRequestThatIsDeliveredWhileAnotherOneWaits() {
        CountDownLatch release = new CountDownLatch(1);
        launchDarkly.answer(request -> {
            if (request.body().contains("aud_2")) {
                Latches.await(release);
            }
            return Answer.of(request.members().contains("refused") ? 400 : 204);
        });
        // Both are in one batch.
        try (RunningBundle bundle = start("audiences.batch.max-wait-ms", "500")) {
            CompletableFuture<Reply> waits = bundle.postAsync(array(
                    entered("refused"),
                    AudienceEvent.identify("aud_2", "other", true).user("u1")));
            assertThat(bundle.post(array(entered("refused"), entered("u2"))).count("rejected"))
                    .isEqualTo(1);
            assertThat(waits).isNotDone();
            assertWritten(bundle, 1);

            release.countDown();
            assertThat(waits.join().count("rejected")).isEqualTo(1);
            assertWritten(bundle, 2);
            assertThat(bundle.deadLetters())
                    .allSatisfy(letter ->
                            assertThat(letter.at("/answer/status").asInt()).isEqualTo(400));
        }
    }

    @Test
    void anEventThatOneMappingRejectsWaitsForTheMappingThatDeliversIt() {
        launchDarkly.answer(request -> Answer.of(503));
        try (RunningBundle bundle = start(
                "audiences.mapping.sync-engage-audience.destination", "launchdarkly",
                "audiences.mapping.by-email.destination", "launchdarkly",
                "audiences.mapping.by-email.context-key", "email_only",
                "audiences.mapping.by-email.context-kind", "email")) {
            CompletableFuture<Reply> reply = bundle.postAsync(array(entered("no-email")));
            await().until(() -> launchDarkly.requests().size() > 3);
            assertWritten(bundle, 0);

            launchDarkly.answer(request -> Answer.of(204));
            assertThat(reply.join().count("rejected")).isEqualTo(1);
            assertWritten(bundle, 1);

            assertThat(bundle.post(array(BAD)).count("rejected")).isEqualTo(1);
            assertThat(bundle.deadLetters())
                    .as("a letter of each mapping")
                    .extracting(letter -> letter.path("mapping").asText())
                    .containsExactlyInAnyOrder("by-email", "by-email", "sync-engage-audience");
            assertThat(bundle.rejectedEvents()).isEqualTo(2);
        }
    }

    @Test
    void aDeadLetterThatCannotBeWrittenCountsNothing(@TempDir Path temporary) throws IOException {
        Path folder = temporary.resolve("letters");
        Files.writeString(folder, "a file, and no folder");
        try (RunningBundle bundle = start("audiences.dead-letter.uri", "file:" + folder)) {
            for (int i = 0; i < 2; i++) {
                assertThat(bundle.post(array(entered("u1"), BAD, BAD)).status()).isEqualTo(503);
            }
            assertThat(bundle.rejectedEvents()).isZero();
            assertThat(bundle.failedEvents()).isEqualTo(6);

            Files.delete(folder);
            assertThat(bundle.post(array(entered("u1"), BAD, BAD)).count("rejected"))
                    .isEqualTo(2);
            assertThat(bundle.rejectedEvents()).isEqualTo(2);
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(Files.readAllLines(files.findFirst().orElseThrow())).hasSize(2);
            }
        }
    }

    @Test
    void aReplayedLetterThatIsRejectedAgainIsWrittenWhenItsRequestIsDelivered() {
        try (RunningBundle bundle = start("audiences.replay", "on")) {
            bundle.post(array(BAD));
            JsonNode bad = bundle.deadLetters().get(0);
            launchDarkly.answer(request -> Answer.of(400));
            bundle.post(array(entered("u1")));
            JsonNode good = bundle.deadLetters().get(1);

            launchDarkly.answer(request -> Answer.of(503));
            launchDarkly.requests().clear();
            CompletableFuture<Reply> reply = CompletableFuture.supplyAsync(() -> bundle.replay("", bad, good));
            await().until(() -> launchDarkly.requests().size() > 3);
            assertWritten(bundle, 2);

            launchDarkly.answer(request -> Answer.of(204));
            assertThat(reply.join().count("rejected")).isEqualTo(1);
            assertWritten(bundle, 3);
            assertThat(bundle.deadLetters().get(2).at("/source/replay")).isEqualTo(bad.path("id"));
        }
    }

    @Test
    void aRequestMayHoldMoreRejectedEventsThanTheBacklogHasRoomFor() {
        try (RunningBundle bundle = start("audiences.backlog.max-events", "100")) {
            Object[] events = Collections.nCopies(2_501, BAD).toArray();
            events[1_000] = entered("u1");
            Reply reply = bundle.post(array(events));
            assertThat(reply.count("rejected")).isEqualTo(2_500);
            assertThat(reply.json().path("rejections").findValuesAsText("index"))
                    .isEqualTo(Arrays.asList(indicesBut(2_501, 1_000)));
            assertWritten(bundle, 2_500);
            await().untilAsserted(() -> assertThat(bundle.backlogEvents()).isZero());
        }
    }

    @Test
    void aStopWritesNothingOfARequestThatItAnswersWith503() {
        launchDarkly.answer(request -> Answer.of(503));
        RunningBundle bundle = start("audiences.inbound.http.reply-timeout-ms", "2000");
        CompletableFuture<Reply> reply = bundle.postAsync(array(entered("u1"), BAD));
        await().until(() -> !launchDarkly.requests().isEmpty());
        bundle.stop();
        assertThat(reply.join().status()).isEqualTo(503);
        assertThat(bundle.deadLetters()).isEmpty();
    }

    @Test
    void aStopWritesWhatIsHeldWhenTheRestIsDelivered() {
        launchDarkly.answer(request -> Answer.of(launchDarkly.requests().size() < 4 ? 503 : 204));
        RunningBundle bundle = start("audiences.delivery.retry-delay-ms", "300");
        CompletableFuture<Reply> reply = bundle.postAsync(array(entered("u1"), BAD));
        await().until(() -> !launchDarkly.requests().isEmpty());
        bundle.stop();
        assertThat(reply.join().count("rejected")).isEqualTo(1);
        assertThat(bundle.deadLetters()).hasSize(1);
    }

    private RunningBundle start(String... properties) {
        Stream<String> own = Stream.of(
                "audiences.delivery.retry-delay-ms",
                "20",
                "audiences.delivery.max-retry-delay-ms",
                "100",
                // However slow the machine is, a deadline is not the reason for an answer, unless a test wants it.
                "audiences.inbound.http.reply-timeout-ms",
                "60000");
        return RunningBundle.startAgainst(
                launchDarkly, Stream.concat(own, Stream.of(properties)).toArray(String[]::new));
    }

    private static void assertWritten(RunningBundle bundle, int events) {
        assertThat(bundle.deadLetters()).hasSize(events);
        assertThat(bundle.rejectedEvents()).isEqualTo(events);
    }

    private static String[] indicesBut(int count, int other) {
        return Stream.iterate(0, i -> i + 1)
                .limit(count)
                .filter(i -> i != other)
                .map(String::valueOf)
                .toArray(String[]::new);
    }
}
