package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Events that arrive in the envelope of a CloudEvent. */
@Tag("mapping")
class CloudEventsTest {

    private static final String STRUCTURED = "application/cloudevents+json; charset=UTF-8";
    private static final String BATCH = "application/cloudevents-batch+json";

    private static RunningBundle bundle;

    @BeforeAll
    static void startBundle() {
        bundle = RunningBundle.start(
                "audiences.inbound.http.max-events", "100",
                "audiences.event.max-bytes", "2000",
                "audiences.explain", "on",
                "audiences.replay", "on",
                // However slow the machine is, an answer is one about the events.
                "audiences.inbound.http.reply-timeout-ms", "60000");
    }

    @AfterAll
    static void stopBundle() {
        bundle.close();
    }

    @Test
    void theEventOfACloudEventIsUnderData() {
        Reply reply = bundle.post(cloudEvent("\"data\":" + event("aud_ce", "u1")), STRUCTURED);
        assertThat(reply.count("delivered")).isEqualTo(1);
        String dataFirst = "{\"data\":" + event("aud_ce", "u2") + ",\"type\":\"x\",\"ext\":null,\"n\":1}";
        assertThat(bundle.post(dataFirst, STRUCTURED).count("delivered")).isEqualTo(1);
        assertThat(bundle.included("aud_ce")).containsExactly("u1", "u2");
    }

    @Test
    void orItIsEncoded() {
        assertThat(bundle.post(cloudEvent(encoded(event("aud_base64", "größe"))), STRUCTURED)
                        .count("delivered"))
                .isEqualTo(1);
        assertThat(bundle.included("aud_base64")).containsExactly("größe");
    }

    @Test
    void whatIsUnderDataMayBeABatchOrAnArrayAsABodyMay() {
        ObjectNode whole =
                AudienceEvent.identify("aud_ce_batch", "vip", true).user("u1").json();
        JsonNode shared = whole.remove("context");
        String batch = "{\"batch\":[" + whole + "],\"context\":" + shared + "}";
        String events = array(event("aud_ce_batch", "u2"), event("aud_ce_batch", "u3"));
        Reply reply = bundle.post(
                array(
                        cloudEvent("\"data\":" + batch),
                        cloudEvent("\"data\":" + events),
                        cloudEvent(encoded(array(event("aud_ce_batch", "u4"), event("aud_ce_batch", "u5"))))),
                BATCH);
        assertThat(reply.count("delivered")).isEqualTo(5);
        assertThat(bundle.included("aud_ce_batch")).containsExactlyInAnyOrder("u1", "u2", "u3", "u4", "u5");
    }

    @Test
    void oneBadCloudEventOfABatchCostsItselfAlone() {
        int before = bundle.deadLetters().size();
        String noKey = AudienceEvent.identify("aud_ce_mixed", "vip", true)
                .anonymous("a")
                .toString();
        String[] bad = {
            cloudEvent("\"data\":\"{}\""),
            cloudEvent("\"datacontenttype\":\"application/json\""),
            cloudEvent("\"data\":{\"type\":\"page\"},\"data_base64\":\"e30=\""),
            cloudEvent("\"data\":{\"type\":\"page\"},\"data\":{\"type\":\"page\"}"),
            cloudEvent("\"data_base64\":\"%\""),
            cloudEvent("\"data_base64\":\"\""),
            cloudEvent(encoded("{\"a\":")),
            cloudEvent(encoded("17")),
            cloudEvent("\"n\":NaN,\"data\":{\"type\":\"page\"}"),
            "17"
        };
        Reply reply = bundle.post(
                array(Stream.of(
                                Stream.of(cloudEvent("\"data\":" + event("aud_ce_mixed", "u1"))),
                                Stream.of(bad),
                                Stream.of(cloudEvent("\"data\":" + noKey)),
                                Stream.of(cloudEvent(encoded(event("aud_ce_mixed", "u2")))))
                        .flatMap(one -> one)
                        .toArray()),
                BATCH);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.count("delivered")).isEqualTo(2);
        assertThat(reply.json().findValuesAsText("index"))
                .containsExactly("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
        assertThat(reply.json().findValuesAsText("reason"))
                .startsWith(Collections.nCopies(
                                4,
                                "A CloudEvent must have its event under data, as a JSON object, or"
                                        + " under data_base64.")
                        .toArray(String[]::new))
                .anySatisfy(reason -> assertThat(reason).contains("not Base64"))
                .anySatisfy(reason -> assertThat(reason)
                        .startsWith("The data_base64 of the CloudEvent is not valid JSON: ")
                        .contains("(at byte 5)"))
                .anySatisfy(reason -> assertThat(reason).contains("found a number"));
        assertThat(bundle.included("aud_ce_mixed")).containsExactly("u1", "u2");

        // The dead letter has what arrived: all of what is no event, and the event that no mapping could use.
        List<JsonNode> letters = bundle.deadLetters().subList(before, before + bad.length + 1);
        assertThat(letters.stream().map(letter -> letter.path("text").asText())).contains(bad);
        assertThat(letters).anySatisfy(letter -> assertThat(letter.path("event").toString())
                .isEqualTo(noKey));
        assertThat(bundle.post(bad[0], STRUCTURED).error())
                .startsWith("Nothing in the body could be read as an event: A CloudEvent must have");
    }

    @Test
    void theEventOfACloudEventCanBeReplayed() {
        bundle.post(
                cloudEvent("\"data\":"
                        + AudienceEvent.identify("aud_ce_replay", "vip", true).anonymous("a")),
                STRUCTURED);
        JsonNode letter = bundle.deadLetters().get(bundle.deadLetters().size() - 1);
        ((ObjectNode) letter.path("event")).put("userId", "u1");
        assertThat(bundle.replay("?force=true", letter).count("delivered")).isEqualTo(1);
        assertThat(bundle.included("aud_ce_replay")).containsExactly("u1");
    }

    @Test
    void theLimitsOfEventsHoldInsideOfCloudEvents() {
        String fifty =
                array((Object[]) Collections.nCopies(50, "{\"type\":\"page\"}").toArray(String[]::new));
        String both = array(cloudEvent("\"data\":" + fifty), cloudEvent(encoded(fifty)));
        assertThat(bundle.post(both, BATCH).count("received")).isEqualTo(100);
        for (String one : List.of("\"data\":{}", encoded("{}"))) {
            Reply reply = bundle.post(
                    array(cloudEvent(one), cloudEvent("\"data\":" + fifty), cloudEvent(encoded(fifty))), BATCH);
            assertThat(reply.status()).isEqualTo(413);
            assertThat(reply.error()).isEqualTo("The body holds more than 100 events.");
        }
        String large = "{\"type\":\"" + "x".repeat(2000) + "\"}";
        for (String one : List.of("\"data\":" + large, encoded(large))) {
            assertThat(bundle.post(cloudEvent(one), STRUCTURED).error()).contains("2011 bytes; 2000 are allowed");
        }
    }

    @Test
    void inBinaryModeTheBodyIsTheEvent() {
        Reply reply = bundle.send(bundle.request("/v1/events", "application/json")
                .headers("ce-specversion", "1.0", "ce-type", "com.example", "ce-source", "/x", "ce-id", "1")
                .POST(BodyPublishers.ofString(event("aud_ce_binary", "u1")))
                .build());
        assertThat(reply.count("delivered")).isEqualTo(1);
        assertThat(bundle.included("aud_ce_binary")).containsExactly("u1");
    }

    @Test
    void underAnotherContentTypeACloudEventIsAnEventLikeAnyOther() {
        assertThat(bundle.post(cloudEvent("\"data\":" + event("aud_ce_plain", "u1")))
                        .count("skipped"))
                .isEqualTo(1);
        assertThat(bundle.segmentIds()).doesNotContain("aud_ce_plain");
    }

    @Test
    void explainReadsThemAsTheyAreDelivered() {
        Reply reply = bundle.send(bundle.request("/v1/explain", BATCH)
                .POST(BodyPublishers.ofString(array(cloudEvent("\"data\":" + event("aud_ce_explained", "u1")), "1")))
                .build());
        assertThat(reply.json().findValuesAsText("outcome")).contains("delivered", "rejected");
    }

    @Test
    void whatIsNoJsonIsRefusedWithTheEventAtWhichItBroke() {
        String good = cloudEvent("\"data\":" + event("aud_ce_broke", "u1"));
        assertThat(bundle.post(array(good, "{\"data\":{\"a\":tru}}"), BATCH).error())
                .endsWith("The event with index 1 is the first that cannot be read.");
        assertThat(bundle.segmentIds()).doesNotContain("aud_ce_broke");
    }

    private static String event(String audience, String user) {
        return AudienceEvent.identify(audience, "vip", true).user(user).toString();
    }

    private static String cloudEvent(String data) {
        return "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/x\",\"type\":\"com.example\"," + data + "}";
    }

    private static String encoded(String data) {
        return "\"data_base64\":\"" + Base64.getEncoder().encodeToString(data.getBytes(StandardCharsets.UTF_8)) + "\"";
    }
}
