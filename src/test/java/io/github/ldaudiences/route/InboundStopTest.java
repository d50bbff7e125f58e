package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.Latches;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LogWatch;
import io.github.ldaudiences.fixture.RawConnection;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What callers see of a stop. */
@Tag("http")
class InboundStopTest {

    private final CountDownLatch release = new CountDownLatch(1);
    private LaunchDarklyStub launchDarkly;
    private RunningBundle bundle;

    @BeforeEach
    void startBundle() {
        launchDarkly = new LaunchDarklyStub();
        launchDarkly.answer(request -> {
            Latches.await(release);
            return LaunchDarklyStub.Answer.of(204);
        });
        bundle = RunningBundle.startAgainst(
                launchDarkly,
                "audiences.inbound.http.reply-timeout-ms",
                "60000",
                "audiences.inbound.http.retry-after-seconds",
                "17");
    }

    @AfterEach
    void end() {
        release.countDown();
        bundle.close();
        launchDarkly.close();
    }

    @Test
    void whatIsInIsDeliveredAndAnsweredAndWhatIsNewIsSentAway() {
        String head = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        String event = entered("late").toString();
        try (LogWatch log = new LogWatch();
                RawConnection in = connect();
                RawConnection open = connect();
                RawConnection half = connect();
                RawConnection unread = connect()) {
            in.send(RawConnection.post("/v1/events", entered("early").toString()));
            assertThat(open.send(RawConnection.post("/v1/events", "[]")).status())
                    .isEqualTo(200);
            half.send(head + "Content-Length: " + event.length() + "\r\n\r\n" + event.substring(0, 10));
            await().until(() -> !launchDarkly.requests().isEmpty());

            CompletableFuture<Void> stop = CompletableFuture.runAsync(bundle::stop);
            await().until(() -> bundle.context().isStopping());

            assertSentAway(open.send(RawConnection.post("/v1/events", event)));
            assertSentAway(half.send(event.substring(10)));
            // It has its answer before it has sent all of its body.
            assertSentAway(unread.send(head + "Content-Length: 9000000\r\n\r\n" + " ".repeat(1_000_000)));
            try (RawConnection another = connect()) {
                assertSentAway(another.send(RawConnection.post("/v1/events", event)));
            }
            try (RawConnection elsewhere = connect()) {
                assertSentAway(elsewhere.send(RawConnection.post("/nowhere", event)));
            }

            release.countDown();
            RawConnection.Answer answer = in.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers()).containsEntry("Connection", "close");
            assertThat(in.answer()).isNull();
            stop.join();
            assertThat(log.warnings()).isEmpty();
        }
        assertThat(launchDarkly.requests())
                .allSatisfy(request -> assertThat(request.members()).containsExactly("early"));
        assertThatThrownBy(this::connect).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void aRouteThatIsSuspendedByHandSendsCallersAwayUntilItIsResumed() throws Exception {
        bundle.context().getRouteController().suspendRoute("inbound-http");
        try (RawConnection connection = connect()) {
            RawConnection.Answer answer =
                    connection.send(RawConnection.post("/v1/events", "[]")).answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.headers()).containsEntry("Retry-After", "17").containsEntry("Connection", "close");
        }
        bundle.context().getRouteController().resumeRoute("inbound-http");
        assertThat(bundle.post("[]").status()).isEqualTo(200);
    }

    @Test
    void aSuspendedRouteOnAPortOfItsOwnSendsCallersAwayToo() throws Exception {
        int port = FreePort.find();
        RouteBuilder.addRoutes(bundle.context(), routes -> routes.from("netty-http:http://127.0.0.1:" + port + "/own")
                .routeId("own")
                .setBody()
                .constant("taken"));
        bundle.context().getRouteController().suspendRoute("own");
        try (RawConnection connection = RawConnection.to(port)) {
            assertSentAway(connection.send(RawConnection.request("GET", "/own")));
        }
    }

    private static void assertSentAway(RawConnection connection) {
        RawConnection.Answer answer = connection.answer();
        assertThat(answer).as("the connection was cut without an answer").isNotNull();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers()).containsEntry("Retry-After", "17").containsEntry("Connection", "close");
        assertThat(connection.answer()).isNull();
    }

    private RawConnection connect() {
        return RawConnection.to(bundle.port());
    }
}
