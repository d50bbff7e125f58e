package io.github.ldaudiences.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.delivery.DeliveryOutcome;
import io.github.ldaudiences.delivery.Destination;
import io.github.ldaudiences.delivery.DestinationTraffic;
import io.github.ldaudiences.delivery.SegmentAudiencesRequest;
import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.mapping.MembershipChange;
import io.github.ldaudiences.secret.Secret;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("batch")
class MemberSizeTest {

    private final SegmentAudiencesRequest request = new SegmentAudiencesRequest(
            new Destination(
                    "launchdarkly", "client-id", () -> new Secret("token"), "https://a.example", "https://b.example"),
            new DestinationTraffic("launchdarkly"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "someone@example.com",
                "say \"hi\"",
                "C:\\dir",
                "Größe",
                "€uro 中文",
                "a\u007Fb",
                "a\u0001b\u001Fc\u0000",
                "</script>&",
                "a\u2028b",
                "\uD83D\uDE00 and \uD83D",
                "a\b\t\n\f\rb",
            })
    void itIsWhatAFurtherMemberTakesInTheRequest(String text) throws Exception {
        assertThat(MemberSize.of(change("key", text, "aud")))
                .as("in the context key")
                .isEqualTo(written("key", text, "aud"));
        assertThat(MemberSize.of(change("a" + text, "u", "aud")))
                .as("in the audience key")
                .isEqualTo(written("a" + text, "u", "aud"));
        assertThat(MemberSize.of(change("key", "u", text)))
                .as("in the audience id")
                .isEqualTo(written("key", "u", text));
    }

    /** Bytes by which a second member, with the longer of the two values, makes the request grow, its comma included. */
    private int written(String audienceKey, String contextKey, String id) throws Exception {
        Audience audience = new Audience("launchdarkly", "user", id);
        Batch one = new Batch(audience, null);
        one.add(change(audienceKey, "first", id));
        Batch two = new Batch(audience, null);
        two.add(change(audienceKey, "first", id));
        two.add(change(audienceKey, contextKey, id));
        return write(two).length - write(one).length;
    }

    private final Receipt receipt = new Receipt(new Backlog(10, 1000), Duration.ofMinutes(1));

    private byte[] write(Batch batch) throws Exception {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.setProperty(DeliveryOutcome.BATCH, batch);
        request.process(exchange);
        return (byte[]) exchange.getMessage().getBody();
    }

    private MembershipChange change(String audienceKey, String contextKey, String id) throws Exception {
        return new MembershipChange(
                new Audience("launchdarkly", "user", id),
                audienceKey,
                contextKey,
                false,
                0,
                true,
                "sync",
                BatchByAudienceTest.origin(receipt),
                null);
    }
}
