package io.github.ldaudiences.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.outbound.IncompleteAnswerException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.Map;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("delivery")
class DeliveryFailureTest {

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "400, REFUSED_REQUEST",
        "413, REFUSED_REQUEST",
        "422, REFUSED_REQUEST",
        "301, REFUSED_ACCESS",
        "307, REFUSED_ACCESS",
        "401, REFUSED_ACCESS",
        "403, REFUSED_ACCESS",
        "404, REFUSED_ACCESS",
        "405, REFUSED_ACCESS",
        "407, REFUSED_ACCESS",
        "408, TRANSIENT",
        "409, TRANSIENT",
        "423, TRANSIENT",
        "425, TRANSIENT",
        "429, TRANSIENT",
        "500, TRANSIENT",
        "502, TRANSIENT",
        "503, TRANSIENT",
        "504, TRANSIENT",
        "599, TRANSIENT",
    })
    void theStatusSaysWhatFollows(int status, DeliveryFailure.Kind kind) {
        DeliveryFailure failure = answered(status, null);

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.status()).isEqualTo(status);
        assertThat(failure.message()).isEqualTo("LaunchDarkly answered " + status);
    }

    @Test
    void aStatusThatIsToldApartFromItsClassIsCountedOnItsOwn() {
        DestinationTraffic traffic = new DestinationTraffic("launchdarkly");
        for (int status = 300; status < 600; status++) {
            DeliveryFailure.Kind ofItsClass =
                    DeliveryFailure.of(status / 100 * 100 + 99, null).kind();
            if (DeliveryFailure.of(status, null).kind() != ofItsClass) {
                traffic.answered(status, 1);
                assertThat(traffic.requestSeconds()).containsKey(Integer.toString(status));
            }
        }
        assertThat(traffic.requestSeconds()).containsKeys("400", "409", "429").doesNotContainKeys("4xx", "418");
    }

    @Test
    void theMessageAndTheIdOfLaunchDarklyAreKept() {
        DeliveryFailure failure =
                answered(400, "{\"code\":\"invalid_request\",\"message\":\"unknown environment\",\"id\":\"4b1d-77\"}");

        assertThat(failure.message()).isEqualTo("LaunchDarkly answered 400: unknown environment (id 4b1d-77)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"message\":\"slow down\"}", "{\"message\":\"slow down\",\"id\":null}"})
    void aMessageMayComeWithoutAnId(String body) {
        assertThat(answered(429, body).message()).isEqualTo("LaunchDarkly answered 429: slow down");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>Bad Gateway</html>",
                "{\"error\":1}",
                "{\"message\":null}",
                "[1]",
                "\"text\"",
                "{\"mess",
                "7"
            })
    void anotherBodyIsShownAsItIs(String body) {
        assertThat(answered(502, body).message()).isEqualTo("LaunchDarkly answered 502: " + body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\r\n"})
    void aBlankBodyAddsNothing(String body) {
        assertThat(answered(500, body).message()).isEqualTo("LaunchDarkly answered 500");
    }

    @Test
    void aBodyOfSeveralLinesIsShownOnOne() {
        assertThat(answered(502, "<html>\n\t<b>down</b>\r\n</html>\n").message())
                .isEqualTo("LaunchDarkly answered 502: <html> <b>down</b> </html>");
    }

    @Test
    void aLongBodyIsShortened() {
        assertThat(answered(502, "x".repeat(100_000)).message())
                .isEqualTo("LaunchDarkly answered 502: " + "x".repeat(300) + "…");
    }

    @Test
    void aLongMessageIsShortenedAndItsIdKept() {
        assertThat(answered(400, "{\"message\":\"" + "x".repeat(5000) + "\",\"id\":\"4b1d-77\"}")
                        .message())
                .isEqualTo("LaunchDarkly answered 400: " + "x".repeat(300) + "… (id 4b1d-77)");
    }

    @Test
    void noAnswerIsTransientAndSaysThatLaunchDarklyCouldNotBeReached() {
        DeliveryFailure failure = DeliveryFailure.of(new ConnectException("Connection refused"));

        assertThat(failure)
                .isEqualTo(new DeliveryFailure(
                        DeliveryFailure.Kind.TRANSIENT,
                        0,
                        "LaunchDarkly could not be reached: ConnectException: Connection refused",
                        null,
                        null));
    }

    @Test
    void anIncompleteAnswerIsTransient() {
        DeliveryFailure failure = DeliveryFailure.of(new IncompleteAnswerException("its Content-Length is '-1'"));

        assertThat(failure)
                .isEqualTo(new DeliveryFailure(
                        DeliveryFailure.Kind.TRANSIENT,
                        0,
                        "LaunchDarkly gave no complete answer: its Content-Length is '-1'",
                        null,
                        null));
    }

    @Test
    void anExceptionWithoutMessageIsNamed() {
        assertThat(DeliveryFailure.of(new IOException()).message())
                .isEqualTo("LaunchDarkly could not be reached: IOException");
    }

    @Test
    void anUnknownFailureIsTransientForGivingUpMightLoseSomething() {
        DeliveryFailure failure = DeliveryFailure.of(new IllegalStateException("odd"));

        assertThat(failure)
                .isEqualTo(new DeliveryFailure(
                        DeliveryFailure.Kind.TRANSIENT, 0, "IllegalStateException: odd", null, null));
    }

    @Test
    void aBatchThatNobodyWaitsForIsAbandoned() {
        DeliveryFailure failure = DeliveryFailure.of(new NobodyWaitsException());

        assertThat(failure.kind()).isEqualTo(DeliveryFailure.Kind.ABANDONED);
        assertThat(failure.message()).isEqualTo("the deadline of every event in it has passed");
    }

    private static DeliveryFailure answered(int status, String body) {
        return DeliveryFailure.of(
                new HttpOperationFailedException("https://app.example", status, "status", null, Map.of(), body));
    }
}
