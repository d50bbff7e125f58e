package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.Compressed;
import io.github.ldaudiences.fixture.Latches;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.RawConnection;
import io.github.ldaudiences.fixture.RunningBundle;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What connections may cost until a route is asked. */
@Tag("http")
class InboundLimitsTest {

    private static final String EVENT = entered("u1").toString();

    @Test
    void oneConnectionTooManyIsClosedUntilAnotherHasGone() {
        try (RunningBundle bundle = RunningBundle.start("audiences.inbound.http.max-connections", "2");
                RawConnection first = RawConnection.to(bundle.port());
                RawConnection second = RawConnection.to(bundle.port())) {
            assertThat(first.send(RawConnection.post("/v1/events", EVENT)).status())
                    .isEqualTo(200);
            assertThat(second.send(RawConnection.post("/v1/events", EVENT)).status())
                    .isEqualTo(200);
            try (RawConnection third = RawConnection.to(bundle.port())) {
                assertThat(third.send(RawConnection.post("/v1/events", EVENT)).answer())
                        .isNull();
            }
            first.close();
            await().untilAsserted(() -> {
                try (RawConnection another = RawConnection.to(bundle.port())) {
                    assertThat(another.send(RawConnection.post("/v1/events", EVENT))
                                    .status())
                            .isEqualTo(200);
                }
            });
            assertThat(second.send(RawConnection.post("/v1/events", EVENT)).status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "P",
                "POST /v1/events HTTP/1.1\r\nHost: localhost\r\n",
                "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n",
                "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\n"
            })
    void aRequestThatDoesNotArriveInTimeIsCutHoweverItTrickles(String beginning) {
        try (RunningBundle bundle = RunningBundle.start("audiences.inbound.http.request-timeout-ms", "300")) {
            // At first, and after a request that was in time.
            for (String before : new String[] {"", RawConnection.post("/v1/events", EVENT)}) {
                if (before.isEmpty() || !beginning.isEmpty()) {
                    cutWhileTrickling(bundle, before, beginning);
                }
            }
            assertThat(bundle.post(EVENT).status()).isEqualTo(200);
        }
    }

    private static void cutWhileTrickling(RunningBundle bundle, String before, String beginning) {
        try (RawConnection connection = RawConnection.to(bundle.port())) {
            if (!before.isEmpty()) {
                assertThat(connection.send(before).status()).isEqualTo(200);
            }
            connection.send(beginning);
            if (!beginning.isEmpty()) {
                String drop = beginning.contains("chunked") ? "1\r\n \r\n" : " ";
                await().until(() -> !connection.takes(drop.getBytes()));
            }
            assertThat(connection.answer()).isNull();
        }
    }

    @Test
    void aCallerThatWaitsForItsAnswerMayWaitLonger() {
        CountDownLatch release = new CountDownLatch(1);
        try (LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
                RunningBundle bundle = RunningBundle.startAgainst(
                        launchDarkly,
                        "audiences.inbound.http.request-timeout-ms",
                        "200",
                        "audiences.inbound.http.idle-timeout-ms",
                        "200",
                        "audiences.inbound.http.reply-timeout-ms",
                        "60000");
                RawConnection waiting = RawConnection.to(bundle.port())) {
            launchDarkly.answer(request -> {
                Latches.await(release);
                return LaunchDarklyStub.Answer.of(204);
            });
            waiting.send(RawConnection.post("/v1/events", EVENT));
            await().until(() -> !launchDarkly.requests().isEmpty());
            for (int i = 0; i < 3; i++) {
                try (RawConnection silent = RawConnection.to(bundle.port())) {
                    assertThat(silent.answer()).isNull(); // so the time has passed once more
                }
            }
            release.countDown();
            assertThat(waiting.status()).isEqualTo(200);
        } finally {
            release.countDown();
        }
    }

    @Test
    void aConnectionThatIsNotUsedIsClosedAndOneBetweenRequestsIsNotCutAsASlowOne() {
        try (RunningBundle bundle = RunningBundle.start(
                        "audiences.inbound.http.request-timeout-ms", "200",
                        "audiences.inbound.http.idle-timeout-ms", "2000");
                RawConnection kept = RawConnection.to(bundle.port())) {
            assertThat(kept.send(RawConnection.post("/v1/events", EVENT)).status())
                    .isEqualTo(200);
            try (RawConnection silent = RawConnection.to(bundle.port())) {
                assertThat(silent.answer()).isNull();
            }
            assertThat(kept.send(RawConnection.post("/v1/events", EVENT)).status())
                    .isEqualTo(200);
            assertThat(kept.answer()).isNull();
        }
    }

    @Test
    void bodiesThatAreOnTheirWayInHaveALimitTogetherAndLeaveRoomForSmallOnes() {
        try (RunningBundle bundle = RunningBundle.start(
                "audiences.inbound.http.max-receiving-bytes", "2000000",
                "audiences.inbound.http.retry-after-seconds", "17")) {
            List<RawConnection> senders = new ArrayList<>();
            try {
                for (int i = 0; i < 20; i++) {
                    RawConnection sender = RawConnection.to(bundle.port());
                    senders.add(sender);
                    sender.send("POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n"
                            + " ".repeat(500_000));
                    assertThat(bundle.post(EVENT).status()).isEqualTo(200);
                }
                // Three fit in, of which what is missing never comes.
                await().until(() ->
                        senders.stream().filter(RawConnection::hasAnswer).count() >= 17);
                for (RawConnection sender : senders) {
                    if (sender.hasAnswer()) {
                        RawConnection.Answer answer = sender.answer();
                        assertThat(answer.status()).isEqualTo(503);
                        assertThat(answer.headers())
                                .containsEntry("Retry-After", "17")
                                .containsEntry("Connection", "close");
                        assertThat(answer.body()).contains("Too much is being received");
                    }
                }
            } finally {
                senders.forEach(RawConnection::close);
            }
            // Their room is free again.
            String large = EVENT + " ".repeat(1_500_000);
            await().untilAsserted(() -> assertThat(bundle.post(large).status()).isEqualTo(200));
            for (int i = 0; i < 10; i++) {
                assertThat(bundle.post(large).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aBodyThatAloneIsMoreThanTheLimitIsTakenWhenThereIsNoOther() {
        try (RunningBundle bundle = RunningBundle.start("audiences.inbound.http.max-receiving-bytes", "100000")) {
            for (int i = 0; i < 3; i++) {
                String large = EVENT + " ".repeat(1_000_000);
                assertThat(bundle.post(large).status()).isEqualTo(200);
                assertThat(bundle.send(bundle.request("/v1/events", "application/json")
                                        .header("Content-Encoding", "gzip")
                                        .POST(BodyPublishers.ofByteArray(Compressed.gzip(large)))
                                        .build())
                                .status())
                        .isEqualTo(200);
            }
        }
    }
}
