package io.github.ldaudiences.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.LogWatch;
import io.github.ldaudiences.secret.Secret;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("delivery")
class OutageTest {

    private static final DeliveryFailure NO_ANSWER = DeliveryFailure.of(new ConnectException("Connection refused"));

    private final AtomicLong seconds = new AtomicLong(1_000);
    private final Outage outage = new Outage(
            new Destination("prod", "id", () -> new Secret("token"), "https://app.launchdarkly.com", ""),
            Duration.ofSeconds(30),
            () -> Duration.ofSeconds(seconds.get()).toNanos());

    @Test
    void itLastsFromTheFirstFailureToTheNextSuccess() {
        assertThat(outage.seconds()).isZero();
        seconds.addAndGet(500); // without any request
        outage.failed(NO_ANSWER);
        assertThat(outage.seconds()).isZero();
        seconds.addAndGet(7);
        outage.failed(NO_ANSWER);
        assertThat(outage.seconds()).isEqualTo(7);
        outage.ended();
        assertThat(outage.seconds()).isZero();
        seconds.addAndGet(500);
        assertThat(outage.seconds()).isZero();
    }

    @Test
    void whatLastsNoLongerThanARateLimitIsNoProblem() {
        outage.failed(NO_ANSWER);
        seconds.addAndGet(30);
        assertThat(outage.problem()).isNull();
        seconds.addAndGet(1);
        outage.failed(NO_ANSWER);
        assertThat(outage.problem())
                .startsWith("Destination prod has taken no request since ")
                .endsWith(": 2 failed, the last because LaunchDarkly could not be reached: ConnectException: Connection"
                        + " refused. Sources keep their events, which are sent again until LaunchDarkly takes them. Check"
                        + " that this process can reach app.launchdarkly.com: network, name resolution, forward proxy and"
                        + " firewall.");
        outage.ended();
        assertThat(outage.problem()).isNull();
    }

    @Test
    void theLogSaysThatRequestsSucceedAgainIfTheirFailureWasAProblem() {
        try (LogWatch log = new LogWatch()) {
            outage.failed(NO_ANSWER);
            seconds.addAndGet(30);
            outage.ended();
            assertThat(lines(log)).isEmpty();
            outage.failed(NO_ANSWER);
            seconds.addAndGet(31);
            outage.failed(NO_ANSWER);
            outage.ended();
            outage.ended();
            assertThat(lines(log))
                    .singleElement()
                    .asString()
                    .startsWith("INFO Destination prod accepts requests again; 2 had failed since ");
        }
    }

    private static List<String> lines(LogWatch log) {
        return log.lines().stream()
                .filter(line -> line.message().startsWith("Destination "))
                .map(line -> line.level() + " " + line.message())
                .toList();
    }
}
