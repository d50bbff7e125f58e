package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static io.github.ldaudiences.fixture.AudienceEvent.identify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.LogWatch;
import io.github.ldaudiences.fixture.RawConnection;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults that are to be expected are logged as sentences: none with a stack trace, and hardly any as an error. */
@Tag("observe")
class ExpectedFaultsTest {

    /** Beginnings of lines that may be errors, without a trace. Add one only with the reason. */
    private static final List<String> ALLOWED = List.of(
            // Nothing that is rejected goes on until somebody acts.
            "The dead letter could not be written; ");

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
    private final LogWatch log = new LogWatch();

    @TempDir
    Path temporary;

    private Path deadLetters;
    private RunningBundle bundle;

    @BeforeEach
    void start() {
        deadLetters = temporary.resolve("letters");
        bundle = RunningBundle.startAgainst(
                launchDarkly,
                // The same events again and again, each time with a request.
                "audiences.batch.skip-repeats",
                "false",
                "audiences.inbound",
                "http,kafka",
                // Nobody listens there.
                "audiences.kafka.brokers",
                "127.0.0.1:" + FreePort.find(),
                "audiences.inbound.http.reply-timeout-ms",
                "700",
                "audiences.inbound.http.max-body-bytes",
                "20000",
                "audiences.delivery.response-timeout-ms",
                "200",
                "audiences.delivery.retry-delay-ms",
                "20",
                "audiences.delivery.probe-interval-ms",
                "100",
                "audiences.dead-letter.uri",
                "file:" + deadLetters);
    }

    @AfterEach
    void stop() {
        log.close();
        bundle.close();
        launchDarkly.close();
    }

    @Test
    void noneOfThemIsAnErrorOrHasAStackTrace() throws Exception {
        for (Answer answer : List.of(
                new Answer(429, "", "Retry-After", "2"),
                Answer.of(500),
                new Answer(500, "<html>no JSON</html>", "Content-Type", "text/html"),
                Answer.of(401),
                Answer.of(404),
                Answer.of(-1))) {
            launchDarkly.answer(request -> answer);
            failsUntilTheDeadline();
        }
        silence();
        refusedMembersUntilTheDeadline();
        malformedInput();
        callersThatGoAway();
        deadLetterThatCannotBeWritten();
        await().until(() -> log.warnings().stream().anyMatch(line -> line.contains("can be reached")));

        // From now on connections are refused, and the bundle stops meanwhile.
        launchDarkly.close();
        assertThat(bundle.post(events()).status()).isEqualTo(503);
        CompletableFuture<Reply> last = bundle.postAsync(events());
        await().until(() -> bundle.backlogEvents() > 0 || last.isDone());
        bundle.stop();

        assertThat(log.lines())
                .filteredOn(line -> line.thrown() != null
                        || line.level().isMoreSpecificThan(Level.ERROR)
                                && ALLOWED.stream().noneMatch(line.message()::startsWith))
                .isEmpty();
    }

    private void failsUntilTheDeadline() {
        assertThat(bundle.post(events()).status()).isEqualTo(503);
        recover();
    }

    /** Until nothing is left of what nobody waits for any more. */
    private void recover() {
        launchDarkly.answer(request -> Answer.of(204));
        await().until(() -> bundle.post(events()).status() == 200);
        await().until(() -> bundle.backlogEvents() == 0);
    }

    private void silence() {
        CountDownLatch end = new CountDownLatch(1);
        launchDarkly.answer(request -> {
            try {
                end.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Answer.of(204);
        });
        assertThat(bundle.post(events()).status()).isEqualTo(503);
        end.countDown();
        recover();
    }

    /** The batch is divided, and its parts run out of time. */
    private void refusedMembersUntilTheDeadline() {
        launchDarkly.answer(request -> Answer.of(request.members().size() > 1 ? 400 : 503));
        failsUntilTheDeadline();
    }

    private void malformedInput() {
        for (String body : List.of("", "{", "17", "[1}", "[17]", "{\"batch\":[null]}", "\u0000")) {
            assertThat(bundle.post(body).status()).as(body).isEqualTo(400);
        }
        assertThat(bundle.post("x", "text/html").status()).isEqualTo(415);
        assertThat(bundle.post(" ".repeat(30_000)).status()).isEqualTo(413);
        for (String path : List.of("/v1/events", "/v1/explain", "/sandbox/segments", "/")) {
            assertThat(bundle.send(bundle.request(path, "application/json")
                                    .method("DELETE", BodyPublishers.noBody())
                                    .build())
                            .status())
                    .isIn(404, 405);
        }
        try (RawConnection connection = RawConnection.to(bundle.port())) {
            assertThat(connection.send("no HTTP\r\n\r\n").status()).isEqualTo(400);
        }
    }

    private void callersThatGoAway() {
        String request = RawConnection.post("/v1/events", events());
        launchDarkly.answer(any -> Answer.of(503));
        int before = launchDarkly.requests().size();
        for (int length : new int[] {10, request.length() - 10, request.length()}) {
            RawConnection.to(bundle.port()).send(request.substring(0, length)).close();
        }
        await().until(() -> launchDarkly.requests().size() > before);
        await().until(() -> bundle.backlogEvents() == 0);
        recover();
    }

    private void deadLetterThatCannotBeWritten() throws IOException {
        Path inTheWay = Files.writeString(deadLetters, "a file, and no folder");
        String useless = entered("").toString();
        assertThat(bundle.post(useless).status()).isEqualTo(503);
        Files.delete(inTheWay);
        assertThat(bundle.post(useless).count("rejected")).isEqualTo(1);
    }

    /** Of several audiences, with several members. */
    private static String events() {
        return array(
                entered("u1"),
                entered("u2"),
                identify("aud_2", "gold", true).user("u1"),
                identify("aud_2", "gold", true).user("u2"));
    }
}
