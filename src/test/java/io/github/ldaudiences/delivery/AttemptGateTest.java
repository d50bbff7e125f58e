package io.github.ldaudiences.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.secret.Secret;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What later attempts learn from one. */
@Tag("delivery")
class AttemptGateTest {

    private final Destination destination =
            new Destination("launchdarkly", "id", () -> new Secret("token"), "https://app.launchdarkly.com", "");
    private final RateLimit rateLimit = new RateLimit(200, 30_000);
    private final Outage outage = new Outage(destination, Duration.ofSeconds(30));
    private final AttemptGate gate = new AttemptGate(
            new DestinationHold(destination, Duration.ofSeconds(30)),
            rateLimit,
            outage,
            new DestinationTraffic("launchdarkly"),
            new FailingAudiences(Duration.ofMinutes(10)));
    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());

    @Test
    void aBatchThatIsNotSentBecauseNobodyWaitsForItIsNoFailureOfLaunchDarkly() {
        rateLimit.tryEnter();
        rateLimit.answered(204, new RateLimitHeaders(2, 10_000, RateLimitHeaders.NONE));
        rateLimit.tryEnter();
        exchange.setProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, new NobodyWaitsException());

        gate.leave(exchange);

        assertThat(outage.since()).isNull();
        assertThat(rateLimit.window().left()).isEqualTo(2);
    }
}
