package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static io.github.ldaudiences.fixture.AudienceEvent.left;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Latches;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Dead letters that are sent again, and that they overwrite nothing newer. */
@Tag("deadletter")
class ReplayTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();

    @AfterEach
    void closeLaunchDarkly() {
        launchDarkly.close();
    }

    @Test
    void aRefusedEventIsDeliveredWhenItIsReplayedAndCanBeReplayedTwice() {
        try (RunningBundle bundle = start()) {
            JsonNode letter = refused(bundle, entered("u1"));

            for (int i = 0; i < 2; i++) {
                Reply reply = bundle.replay("", letter);
                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.json().toString())
                        .isEqualTo("{\"received\":1,\"delivered\":1,\"skipped\":0,\"rejected\":0,\"rejections\":[]}");
                assertThat(lastSent()).isEqualTo("[u1] true");
            }
            assertThat(bundle.deadLetters()).hasSize(1);
        }
    }

    @Test
    void aReplayedEventDoesNotOverwriteANewerStateThatHasBeenDeliveredSince() {
        try (RunningBundle bundle = start()) {
            JsonNode letter = refused(bundle, entered("u1").at(1000));
            bundle.post(left("u1").at(2000).toString());

            assertThat(bundle.replay("", letter).count("delivered")).isEqualTo(1);
            assertThat(lastSent()).isEqualTo("[u1] false");
            assertThat(bundle.replay("?force=true", letter).count("delivered")).isEqualTo(1);
            assertThat(lastSent())
                    .as("what is known to be newer stays, forced or not")
                    .isEqualTo("[u1] false");
        }
    }

    @Test
    void aReplayedEventWaitsForANewerStateThatIsUnderWay() throws Exception {
        try (RunningBundle bundle = start()) {
            JsonNode letter = refused(bundle, entered("u1").at(1000));
            CountDownLatch arrived = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            launchDarkly.answer(request -> {
                arrived.countDown();
                Latches.await(release);
                return Answer.of(204);
            });
            CompletableFuture<Reply> newer =
                    bundle.postAsync(left("u1").at(2000).toString());
            arrived.await();
            CompletableFuture<Reply> replayed = CompletableFuture.supplyAsync(() -> bundle.replay("", letter));
            release.countDown();

            assertThat(newer.join().count("delivered")).isEqualTo(1);
            assertThat(replayed.join().count("delivered")).isEqualTo(1);
            assertThat(lastSent()).isEqualTo("[u1] false");
        }
    }

    @Test
    void ofAnEventWithoutATimeItsFirstArrivalCountsAndNotTheReplay() {
        AudienceEvent timeless = left("u1");
        timeless.json().remove("timestamp");
        assertFirstArrivalCounts(timeless);
    }

    @Test
    void ofAnEventFromTheFutureItsFirstArrivalCountsAndNotTheReplay() {
        AudienceEvent future = left("u1");
        future.json().put("timestamp", "2999-01-01T00:00:00.000Z");
        assertFirstArrivalCounts(future);
    }

    private void assertFirstArrivalCounts(AudienceEvent event) {
        try (RunningBundle bundle = start()) {
            JsonNode letter = refused(bundle, event);
            AudienceEvent newer = entered("u1");
            newer.json().put("timestamp", Instant.now().toString());
            bundle.post(newer.toString());

            assertThat(bundle.replay("", letter).count("delivered")).isEqualTo(1);
            assertThat(lastSent()).isEqualTo("[u1] true");
        }
    }

    @Test
    void whatAnEarlierProcessRejectedIsRejectedAgainUnlessItIsForced() {
        JsonNode letter;
        try (RunningBundle bundle = start()) {
            letter = refused(bundle, entered("u1"));
        }
        int requests = launchDarkly.requests().size();
        try (RunningBundle bundle = start()) {
            Reply reply = bundle.replay("", letter);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.count("rejected")).isEqualTo(1);
            assertThat(reply.reason(0)).contains("may have been delivered since", "?force=true");
            assertThat(launchDarkly.requests()).hasSize(requests);

            JsonNode again = bundle.deadLetters().get(0);
            assertThat(again.at("/source/replay")).isEqualTo(letter.path("id"));
            assertThat(again.at("/source/source")).isEqualTo(letter.path("source"));
            assertThat(again.path("id")).isNotEqualTo(letter.path("id"));
            for (String kept : List.of("event", "mapping", "messageId", "arrived")) {
                assertThat(again.path(kept)).as(kept).isEqualTo(letter.path(kept));
            }

            bundle.replay("", again);
            JsonNode third = bundle.deadLetters().get(1);
            assertThat(third.at("/source/replay")).isEqualTo(again.path("id"));
            assertThat(third.at("/source/source")).as("grows with no replay").isEqualTo(letter.path("source"));

            assertThat(bundle.replay("?force=true", third).count("delivered")).isEqualTo(1);
            assertThat(lastSent()).isEqualTo("[u1] true");
        }
    }

    @Test
    void anEventOfWhichANewerStateMayHaveBeenForgottenIsRejectedAgain() {
        try (RunningBundle bundle = start("audiences.event-time.max-remembered", "1")) {
            JsonNode letter = refused(bundle, entered("u1").at(2000));
            bundle.post(entered("u2").toString()); // u1 is forgotten

            assertThat(bundle.replay("", letter).count("rejected")).isEqualTo(1);
        }
    }

    @Test
    void onlyTheMappingThatRejectedAnEventGetsItAgain() {
        try (RunningBundle bundle = start("audiences.mapping.accounts.context-kind", "account")) {
            ObjectNode letter = letter(entered("u1"));

            assertThat(bundle.replay("?force=true", letter.put("mapping", "accounts"))
                            .count("delivered"))
                    .isEqualTo(1);
            assertThat(kinds()).containsExactly("account");

            letter.remove("mapping");
            assertThat(bundle.replay("?force=true", letter).count("delivered")).isEqualTo(1);
            assertThat(kinds()).containsExactly("account", "account", "user");
        }
    }

    @Test
    void lettersOfSeveralMappingsCanBeMixed() {
        try (RunningBundle bundle = start("audiences.mapping.accounts.context-kind", "account")) {
            Reply reply = bundle.replay(
                    "?force=true",
                    letter(entered("u1")).put("mapping", "accounts"),
                    letter(entered("u2")).put("mapping", "sync-engage-audience"),
                    letter(entered("u3")).put("mapping", "accounts"));
            assertThat(reply.count("delivered")).isEqualTo(3);
            assertThat(launchDarkly.requests().stream().flatMap(request -> request.members().stream()
                            .map(user -> request.json().path("contextKind").asText() + " " + user)))
                    .containsExactlyInAnyOrder("account u1", "account u3", "user u2");
        }
    }

    @Test
    void aMappingThatIsNotThereOrNotRunningIsAReasonToRejectAgain() throws Exception {
        try (RunningBundle bundle = start("audiences.mapping.accounts.context-kind", "account")) {
            bundle.context().getRouteController().stopRoute("mapping-accounts");
            Reply reply = bundle.replay(
                    "?force=true",
                    letter(entered("u1")).put("mapping", "gone"),
                    letter(entered("u2")).put("mapping", "accounts"),
                    letter(entered("u3")));
            assertThat(reply.count("delivered")).isEqualTo(1);
            assertThat(reply.count("rejected")).isEqualTo(2);
            assertThat(reply.reason(0)).contains("The mapping gone, which rejected the event, no longer exists.");
            assertThat(reply.reason(1)).contains("accounts", "not running");
            assertThat(bundle.deadLetters().stream()
                            .map(letter -> letter.path("mapping").asText() + " "
                                    + letter.at("/event/userId").asText()))
                    .containsExactly("gone u1", "accounts u2");
        }
    }

    @Test
    void whatWasTooLargeIsAnEventWhenTheLimitHasBeenRaised() {
        AudienceEvent large = entered("u1");
        large.json().put("padding", "x".repeat(3000));
        JsonNode letter;
        try (RunningBundle bundle = start("audiences.event.max-bytes", "2000")) {
            bundle.post(array(large, entered("u2")));
            letter = bundle.deadLetters().get(0);
            assertThat(letter.has("text")).isTrue();
            assertThat(bundle.replay("", letter).reason(0)).contains("2000 are allowed");
        }
        try (RunningBundle bundle = start()) {
            assertThat(bundle.replay("?force=true", letter).count("delivered")).isEqualTo(1);
            assertThat(lastSent()).isEqualTo("[u1] true");
        }
    }

    @Test
    void whatIsNoEventStaysRejectedAndCostsItsNeighboursNothing() {
        try (RunningBundle bundle = start()) {
            ObjectNode text = letter(entered("u1")).put("text", "{\"half");
            text.remove("event");
            ObjectNode bytes = letter(entered("u1"))
                    .put("base64", Base64.getEncoder().encodeToString(new byte[] {(byte) 0xff, 0}));
            bytes.remove("event");
            Reply reply = bundle.replay("?force=true", text, letter(entered("good")), bytes);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.count("delivered")).isEqualTo(1);
            assertThat(reply.json().findValuesAsText("index")).containsExactly("0", "2");
            assertThat(bundle.deadLetters().stream()
                            .map(letter -> letter.path("text").asText()
                                    + letter.path("base64").asText()))
                    .containsExactlyInAnyOrder("{\"half", "/wA=");
        }
    }

    @Test
    void aLineThatIsNoDeadLetterIsRejectedAlone() {
        try (RunningBundle bundle = start()) {
            String[] bad = {
                entered("u1").toString(),
                "{\"id\":\"half",
                "17",
                "[]",
                letter(entered("u1")).put("arrived", "yesterday").toString(),
                letter(entered("u1")) + "{}",
                "{\"time\":\"2026-01-01T00:00:00Z\",\"reason\":\"x\"}",
                "{\"time\":\"2026-01-01T00:00:00Z\",\"reason\":\"x\",\"base64\":\"%\"}",
                "{\"time\":\"2026-01-01T00:00:00Z\",\"reason\":\"x\",\"text\":\"\\ud800\"}",
                "{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}",
            };
            Object[] letters = Stream.concat(Stream.of(bad), Stream.of(letter(entered("good")), ""))
                    .toArray();
            Reply reply = bundle.replay("?force=true", letters);
            assertThat(reply.count("delivered")).isEqualTo(1);
            assertThat(reply.count("rejected")).isEqualTo(bad.length);
            assertThat(reply.json().findValuesAsText("reason"))
                    .allSatisfy(reason -> assertThat(reason).startsWith("The line is not a dead letter: "));
            assertThat(bundle.deadLetters()).hasSize(bad.length);
        }
    }

    @Test
    void aRequestThatCannotBeTakenIsAnsweredAsOneOfEvents() {
        try (RunningBundle bundle = start(
                "audiences.inbound.http.max-events", "3",
                "audiences.inbound.http.max-body-bytes", "10000")) {
            ObjectNode letter = letter(entered("u1"));
            assertThat(bundle.replay("", entered("u1")).status()).isEqualTo(400);
            assertThat(bundle.replay("", entered("u1")).error()).contains("Nothing in the body is a dead letter");
            assertThat(bundle.replay("?force=yes", letter).status()).isEqualTo(400);
            assertThat(bundle.replay("", letter, letter, letter, letter).status())
                    .isEqualTo(413);
            assertThat(bundle.replay("", "x".repeat(10_001)).status()).isEqualTo(413);
            assertThat(bundle.send(bundle.request("/v1/dead-letters/replay", "application/json")
                                    .POST(BodyPublishers.ofString(letter.toString()))
                                    .build())
                            .status())
                    .isEqualTo(415);
            assertThat(bundle.send(bundle.request("/v1/dead-letters/replay", "text/plain")
                                    .build())
                            .status())
                    .isEqualTo(405);
            assertThat(bundle.deadLetters()).isEmpty();
            assertThat(bundle.replay("").count("received")).isZero();
            assertThat(launchDarkly.requests()).isEmpty();
        }
    }

    @Test
    void whileLaunchDarklyIsAwayTheCallerIsToldToComeAgain() {
        launchDarkly.answer(request -> Answer.of(503));
        try (RunningBundle bundle = start("audiences.inbound.http.reply-timeout-ms", "600")) {
            Reply reply = bundle.replay("?force=true", letter(entered("u1")));
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.header("Retry-After")).isNotNull();
            assertThat(bundle.deadLetters()).isEmpty();
        }
    }

    @Test
    void theRouteCanBeStoppedAndStartedWhileEventsGoOn() throws Exception {
        try (RunningBundle bundle = start()) {
            bundle.context().getRouteController().stopRoute("inbound-replay");
            assertThat(bundle.replay("?force=true", letter(entered("u1"))).status())
                    .isEqualTo(503);
            assertThat(bundle.post(entered("u2").toString()).status()).isEqualTo(200);

            bundle.context().getRouteController().startRoute("inbound-replay");
            assertThat(bundle.replay("?force=true", letter(entered("u1"))).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void withoutAnHttpInboundThePortIsOpenForReplayAlone() {
        try (RunningBundle bundle = start("audiences.inbound", "uri", "audiences.inbound.uri", "seda:events")) {
            assertThat(bundle.replay("?force=true", letter(entered("u1"))).count("delivered"))
                    .isEqualTo(1);
            assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(404);
            HttpRequest get =
                    bundle.request("/v1/dead-letters/replay", "text/plain").build();
            assertThat(bundle.send(get).status()).isEqualTo(405);
        }
    }

    @Test
    void onAnotherAddressThanLoopbackItNeedsTheSameConsentAsEvents() {
        assertThatThrownBy(() -> start(
                                "audiences.inbound", "uri",
                                "audiences.inbound.uri", "seda:events",
                                "audiences.inbound.http.host", "0.0.0.0")
                        .close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("allowed is a loopback address");
    }

    @Test
    void itIsOffUnlessItIsTurnedOn() {
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            assertThat(bundle.replay("?force=true", letter(entered("u1"))).status())
                    .isEqualTo(404);
            assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(200);
        }
    }

    private RunningBundle start(String... properties) {
        return RunningBundle.startAgainst(
                launchDarkly,
                Stream.concat(
                                // However slow the machine is, an answer is one about the letters.
                                Stream.of("audiences.replay", "on", "audiences.inbound.http.reply-timeout-ms", "60000"),
                                Stream.of(properties))
                        .toArray(String[]::new));
    }

    /** The dead letter of an event that LaunchDarkly refuses; afterwards it takes everything. */
    private JsonNode refused(RunningBundle bundle, AudienceEvent event) {
        launchDarkly.answer(request -> Answer.of(400));
        assertThat(bundle.post(event.toString()).count("rejected")).isEqualTo(1);
        launchDarkly.answer(request -> Answer.of(204));
        return bundle.deadLetters().get(bundle.deadLetters().size() - 1);
    }

    /** A dead letter of the least that one must say. */
    private static ObjectNode letter(AudienceEvent event) {
        ObjectNode letter =
                JSON.createObjectNode().put("time", "2026-01-02T00:00:00Z").put("reason", "because");
        letter.set("event", event.json());
        return letter;
    }

    private String lastSent() {
        LaunchDarklyStub.Request last =
                launchDarkly.requests().get(launchDarkly.requests().size() - 1);
        return last.members() + " " + last.json().at("/batch/0/value").asText();
    }

    private List<String> kinds() {
        return launchDarkly.requests().stream()
                .map(request -> request.json().path("contextKind").asText())
                .sorted()
                .toList();
    }
}
