package io.github.ldaudiences.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.AcknowledgementWatch;
import io.github.ldaudiences.fixture.BundleProcess;
import io.github.ldaudiences.fixture.DeadLetterFiles;
import io.github.ldaudiences.fixture.HangingProxy;
import io.github.ldaudiences.fixture.HttpCallers;
import io.github.ldaudiences.fixture.HttpCallers.Answer;
import io.github.ldaudiences.fixture.HttpCallers.Request;
import io.github.ldaudiences.fixture.Memberships;
import io.github.ldaudiences.sandbox.Fault;
import io.github.ldaudiences.sandbox.Sandbox;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Callers send all the time, LaunchDarkly misbehaves, and the process between them ends again and again. */
@Tag("packaged")
@Tag("http")
class HttpKillsPackagedTest {

    private static final int KILLS = 5;
    private static final int STOPS = 2;
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final HttpCallers.Shape SHAPE = new HttpCallers.Shape(12, 200, 10, 60, 0, List.of());

    private Sandbox sandbox;
    private HangingProxy launchDarkly;
    private BundleProcess process;
    private HttpCallers callers;
    private AcknowledgementWatch watch;
    private Random random;

    @BeforeEach
    void setTheScene() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("-Dseed=" + seed);
        random = new Random(seed);
        sandbox = new Sandbox(0, "token", Set.of("environment"));
        sandbox.add(Fault.status(503, 0).inFraction(0.06));
        sandbox.add(Fault.status(429, 0).inFraction(0.06));
        sandbox.add(Fault.status(-1, 0).inFraction(0.06));
        // Taken, but not before the sender has given up on the answer.
        sandbox.add(Fault.status(0, 0).inFraction(0.01).after(1_500));
        launchDarkly = new HangingProxy(sandbox.url());
        process = BundleProcess.in("http-kills")
                .shortLived()
                .jvm("-Xmx256m")
                .properties(Map.of(
                        // Written a moment after delivery: kills come in between.
                        "audiences.store", "file",
                        "audiences.batch.max-members", "20",
                        "audiences.batch.max-wait-ms", "50",
                        "audiences.inbound.http.reply-timeout-ms", "15000",
                        "audiences.delivery.max-requests", "100000",
                        "audiences.delivery.response-timeout-ms", "1000",
                        "audiences.delivery.retry-delay-ms", "20",
                        "audiences.delivery.max-retry-delay-ms", "200"))
                .launchDarkly(launchDarkly.url(), "token", "environment");
        callers = new HttpCallers(process.httpPort(), SHAPE, seed);
        watch = new AcknowledgementWatch(callers, sandbox, process.deadLetters());
    }

    @AfterEach
    void clear() throws IOException {
        callers.close();
        process.close();
        watch.close();
        launchDarkly.close();
        sandbox.close();
    }

    @Test
    void whatCallersWereToldToForgetSurvivesEveryKill() {
        callers.start();
        for (int kill = 1; kill <= KILLS; kill++) {
            process.start();
            // The next few requests to LaunchDarkly are as good a moment as any.
            long acknowledged = callers.events() + random.nextInt(800);
            long taken = taken() + random.nextInt(40);
            until(() -> callers.events() > acknowledged && taken() > taken);
            process.kill();
            System.out.println("Killed with " + callers.events() + " acknowledged, " + taken() + " taken");
        }
        process.start();
        awaitEnd(KILLS);
        // Or the kills have hit nothing.
        assertThat(callers.answers()).containsKey(Answer.CUT);
    }

    @Test
    void aStopAnswersWhatIsInAndAcknowledgesNothingElse() {
        callers.start();
        for (int stop = 1; stop <= STOPS; stop++) {
            process.start();
            long acknowledged = callers.events() + random.nextInt(800);
            until(() -> callers.events() > acknowledged);
            // Nothing comes back from LaunchDarkly any more: soon every caller waits, with a request that is in.
            launchDarkly.hang();
            until(() -> callers.underWay().size() == SHAPE.callers() && backlog() == eventsUnderWay());
            Map<Request, Integer> waiting = new HashMap<>();
            callers.underWay().forEach(request -> waiting.put(request, request.sent()));

            CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(process::terminate);
            until(() -> process.health() != 200);
            launchDarkly.letThrough();

            // 143 is what the JVM says after SIGTERM; later than it is allowed to end would be an exception.
            assertThat(exit.join()).isIn(0, 143);
            until(() -> waiting.keySet().stream().allMatch(Request::isAcknowledged));
            waiting.forEach((request, sent) -> assertThat(request.sent()).isEqualTo(sent));
            System.out.println("Stopped with " + callers.events() + " acknowledged");
        }
        process.start();
        awaitEnd(0);
    }

    private long taken() {
        return sandbox.stats().path("members").asLong();
    }

    private long backlog() {
        return (long) process.meter("audiences_backlog_events");
    }

    private long eventsUnderWay() {
        return callers.underWay().stream().mapToLong(Request::events).sum();
    }

    private void awaitEnd(int kills) {
        long acknowledged = callers.events();
        until(() -> callers.events() > acknowledged);
        callers.finish();
        watch.close();
        System.out.println(callers.answers() + " for " + callers.events() + " events; looked " + watch.samples()
                + " times; the sandbox says " + sandbox.stats());
        assertThat(watch.violations()).isEmpty();
        assertThat(callers.wrongAnswers()).isEmpty();
        assertThat(Memberships.of(sandbox)).isEqualTo(callers.memberships());
        DeadLetterFiles deadLetters = new DeadLetterFiles();
        // What was not acknowledged comes again, and has more than one.
        assertThat(deadLetters.places(List.of(process.deadLetters()))).isEqualTo(callers.deadLetters());
        assertThat(deadLetters.torn()).hasSizeLessThanOrEqualTo(kills);
        assertThat(watch.samples()).isGreaterThan(kills);
    }

    private void until(Callable<Boolean> condition) {
        await().atMost(LONG)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> {
                    assertThat(watch.violations()).isEmpty();
                    assertThat(callers.wrongAnswers()).isEmpty();
                    return condition.call();
                });
    }
}
