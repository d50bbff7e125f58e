package io.github.ldaudiences.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.batch.BatchOf;
import io.github.ldaudiences.fixture.LogWatch;
import io.github.ldaudiences.mapping.Audience;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the log says while attempts fail, and when it says nothing. */
@Tag("delivery")
class FailureLogTest {

    private static final String PERSON = "ada.lindqvist@example.com";

    private final AtomicLong seconds = new AtomicLong(1_000);
    private final FailureLog failures =
            new FailureLog(() -> Duration.ofSeconds(seconds.get()).toNanos());

    @AutoClose
    private final LogWatch log = new LogWatch();

    @Test
    void theFirstFailureIsAWarningThatSaysWhatFailsWhyAndWhatHappensNext() {
        fails("prod", answered(503, null));
        assertThat(lines())
                .containsExactly("WARN Destination prod: 1 attempt(s) failed, the last with 2 members of"
                        + " prod/user/aud_1: LaunchDarkly answered 503. The batch is retried.");
    }

    @Test
    void furtherFailuresAreCountedAndLoggedHalfAMinuteLater() {
        fails("prod", answered(503, null));
        fails("prod", answered(503, null));
        seconds.addAndGet(29);
        fails("prod", answered(503, null));
        assertThat(lines()).hasSize(1);
        seconds.addAndGet(1);
        fails("prod", new ConnectException("Connection refused"));
        assertThat(lines()).hasSize(2);
        assertThat(lines().get(1))
                .startsWith("WARN Destination prod: 3 attempt(s) failed, ")
                .endsWith(" LaunchDarkly could not be reached: ConnectException: Connection refused. The batch is"
                        + " retried.");
    }

    @Test
    void oneDestinationDoesNotSilenceAnother() {
        fails("prod", answered(503, null));
        fails("staging", answered(503, null));
        assertThat(lines()).hasSize(2).last().asString().startsWith("WARN Destination staging: 1 attempt(s) failed, ");
    }

    @Test
    void aRefusedRequestIsNotRetriedAndThePeopleInItAreNotNamed() {
        fails("prod", answered(400, "{\"message\":\"" + PERSON + " is no member\",\"id\":\"4b1d-77\"}"));
        assertThat(lines())
                .containsExactly("WARN Destination prod: 1 attempt(s) failed, the last with 2 members of"
                        + " prod/user/aud_1: LaunchDarkly answered 400 (id 4b1d-77). The bundle searches for the"
                        + " members at fault.");
    }

    @Test
    void whatIsLoggedElsewhereIsNeitherLoggedNorCounted() {
        fails("prod", answered(401, null)); // the hold of the destination
        fails("prod", new NobodyWaitsException()); // the source, which keeps its events
        assertThat(lines()).isEmpty();
        fails("prod", answered(503, null));
        assertThat(lines()).singleElement().asString().contains(" 1 attempt(s) failed");
    }

    private void fails(String destination, Exception cause) {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.setProperty(
                DeliveryOutcome.BATCH, BatchOf.entering(new Audience(destination, "user", "aud_1"), PERSON, "u2"));
        exchange.setProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, cause);
        failures.process(exchange);
    }

    private static Exception answered(int status, String body) {
        return new HttpOperationFailedException("https://app.example", status, "status", null, Map.of(), body);
    }

    private List<String> lines() {
        return log.lines().stream()
                .filter(line -> line.message().startsWith("Destination "))
                .map(line -> line.level() + " " + line.message())
                .toList();
    }
}
