package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static io.github.ldaudiences.fixture.AudienceEvent.left;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.fixture.Latches;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.sandbox.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events from any Camel endpoint: what becomes of a message, and when its source may let go of it. */
@Tag("endpoint")
class InboundEndpointTest {

    private static final String[] SEDA = {"audiences.inbound", "uri", "audiences.inbound.uri", "seda:events"};

    @Test
    void aMessageHoldsAnEventOrAnArrayOrABatchAndIsDoneWhenTheyAreDelivered() throws Exception {
        try (RunningBundle bundle = RunningBundle.start(SEDA)) {
            ProducerTemplate sender = bundle.context().createProducerTemplate();
            assertThat(reply(sender.requestBody("seda:events", entered("ü1").toString(), String.class), "delivered"))
                    .isEqualTo(1);
            sender.requestBody(
                    "seda:events", array(entered("u2"), left("ü1").at(1)).getBytes("UTF-8"));
            assertThat(bundle.excluded("aud_1")).containsExactly("ü1");
            sender.requestBody("seda:events", "{\"batch\":[" + entered("u3") + "]}");
            assertThat(bundle.included("aud_1")).containsExactly("u2", "u3");
            assertThat(bundle.deadLetters()).isEmpty();
        }
    }

    @Test
    void whatCannotBeReadIsDeadLetteredWithItsSourceAndTheMessageIsDone() throws Exception {
        try (RunningBundle bundle = RunningBundle.start(
                "audiences.inbound", "uri",
                "audiences.inbound.uri", "seda://user:secret@events?size=7")) {
            ProducerTemplate sender = bundle.context().createProducerTemplate();
            String endpoint =
                    bundle.context().getRoute("inbound-endpoint").getEndpoint().getEndpointUri();
            assertThat(reply(sender.requestBody(endpoint, "junk", String.class), "rejected"))
                    .isEqualTo(1);
            assertThat(reply(sender.requestBody(endpoint, array(entered("u1"), 17), String.class), "rejected"))
                    .isEqualTo(1);
            // Half of a surrogate pair, which Java's own encoder would turn into a question mark.
            assertThat(reply(
                            sender.requestBody(endpoint, array(entered("u2"), entered("\ud800")), String.class),
                            "rejected"))
                    .isEqualTo(1);
            assertThat(bundle.included("aud_1")).containsExactly("u1", "u2");
            assertThat(bundle.deadLetters()).hasSize(3).allSatisfy(letter -> {
                assertThat(letter.at("/source/endpoint").asText()).isEqualTo("seda://events");
                assertThat(letter.at("/source/message").asText()).isNotEmpty();
            });
            assertThat(bundle.deadLetters().get(0).path("text").asText()).isEqualTo("junk");
        }
    }

    @Test
    void whatIsNotDeliveredInTimeFailsSoThatTheSourceKeepsIt(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("event.json");
        try (RunningBundle bundle = RunningBundle.start(
                "audiences.inbound",
                "uri",
                "audiences.inbound.uri",
                "file:" + folder + "?delay=10&initialDelay=0&move=.done&include=.*[.]json",
                "audiences.inbound.message-timeout-ms",
                "100",
                "audiences.delivery.retry-delay-ms",
                "10")) {
            bundle.sandbox().add(Fault.status(503, 0));
            Files.move(Files.writeString(folder.resolve("part"), entered("u1").toString()), file);
            await().until(() -> bundle.failedEvents() > 1);
            assertThat(folder.resolve(".done")).doesNotExist();

            bundle.sandbox().clearFaults();
            await().until(() -> Files.exists(folder.resolve(".done/event.json")));
            assertThat(bundle.included("aud_1")).containsExactly("u1");
            assertThat(bundle.deadLetters()).isEmpty();
        }
    }

    @Test
    void beyondTheBacklogAMessageFails() {
        CountDownLatch release = new CountDownLatch(1);
        try (LaunchDarklyStub launchDarkly = new LaunchDarklyStub()) {
            launchDarkly.answer(request -> {
                Latches.await(release);
                return Answer.of(204);
            });
            try (RunningBundle bundle = RunningBundle.startAgainst(
                    launchDarkly,
                    "audiences.inbound",
                    "uri",
                    "audiences.inbound.uri",
                    "direct:events",
                    "audiences.backlog.max-events",
                    "1")) {
                ProducerTemplate sender = bundle.context().createProducerTemplate();
                var first =
                        sender.asyncRequestBody("direct:events", entered("u1").toString());
                await().until(() -> !launchDarkly.requests().isEmpty());
                assertThatThrownBy(() -> sender.requestBody(
                                "direct:events", entered("u2").toString()))
                        .isInstanceOf(CamelExecutionException.class)
                        .hasRootCauseMessage("too many events are waiting for LaunchDarkly");
                release.countDown();
                assertThat(first).succeedsWithin(Duration.ofSeconds(30));
            }
        }
    }

    @Test
    void aMessageThatIsNoTextFailsForItCouldNotEvenBeDeadLettered() {
        try (RunningBundle bundle =
                RunningBundle.start("audiences.inbound", "uri", "audiences.inbound.uri", "direct:events")) {
            ProducerTemplate sender = bundle.context().createProducerTemplate();
            assertThatThrownBy(() -> sender.requestBody("direct:events", Map.of("a", 1)))
                    .hasRootCauseMessage("a message must be text or bytes, but is java.util.ImmutableCollections$Map1");
        }
    }

    @Test
    void headersFromOutsideSteerNothing() {
        try (LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
                RunningBundle bundle = RunningBundle.startAgainst(
                        launchDarkly, "audiences.inbound", "uri", "audiences.inbound.uri", "direct:events")) {
            bundle.context()
                    .createProducerTemplate()
                    .requestBodyAndHeaders(
                            "direct:events",
                            entered("u1").toString(),
                            Map.of(
                                    "CamelHttpPath",
                                    "elsewhere",
                                    "X-Secret",
                                    "s",
                                    "CamelHttpUri",
                                    "http://127.0.0.1:1"));
            assertThat(launchDarkly.requests()).singleElement().satisfies(request -> {
                assertThat(request.path()).isEqualTo("/api/v2/segment-targets/segment-audiences");
                assertThat(request.headers()).doesNotContainKey("X-secret");
            });
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "uri  |                           | audiences.inbound.uri= is not allowed; allowed is the URI of a Camel"
                        + " endpoint while audiences.inbound includes uri",
                "http | jms:queue:events?password=p4ss | audiences.inbound.uri=jms:queue:events?password=xxxxxx is not"
                        + " allowed; allowed is no value while audiences.inbound=http, which does not include uri",
                "uri  | kafka:events              | use audiences.inbound=kafka with audiences.inbound.kafka.uri",
                "uri  | events                    | the URI of a Camel endpoint",
                "ftp  |                           | one or more of http, kafka, file, uri"
            })
    void whatCannotWorkEndsTheStartWithASentence(String inbound, String uri, String sentence) {
        assertThatThrownBy(() -> RunningBundle.start(
                                "audiences.inbound", inbound, "audiences.inbound.uri", uri == null ? "" : uri)
                        .close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(sentence)
                .hasMessageNotContaining("p4ss");
    }

    private static int reply(String json, String count) throws Exception {
        return new ObjectMapper().readTree(json).path(count).asInt();
    }
}
