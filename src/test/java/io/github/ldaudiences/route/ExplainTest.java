package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static io.github.ldaudiences.fixture.AudienceEvent.identify;
import static io.github.ldaudiences.fixture.AudienceEvent.left;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What POST /v1/explain says, and that nothing comes of it. */
@Tag("observe")
class ExplainTest {

    private static final String MAPPING = "audiences.mapping.sync-engage-audience.";

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
    private RunningBundle bundle;

    @BeforeEach
    void startBundle() {
        bundle = start();
    }

    private RunningBundle start(String... properties) {
        String[] all = new String[properties.length + 2];
        all[0] = "audiences.explain";
        all[1] = "on";
        System.arraycopy(properties, 0, all, 2, properties.length);
        return RunningBundle.startAgainst(launchDarkly, all);
    }

    private void startAnother(String... properties) {
        bundle.close();
        bundle = start(properties);
    }

    @AfterEach
    void closeBundleAndLaunchDarkly() {
        bundle.close();
        launchDarkly.close();
    }

    @Test
    void eachStepOfAnEventThatIsDelivered() {
        startAnother(MAPPING + "context-key", "user_id_then_email", MAPPING + "segment-user-id", "$.traits.id");

        JsonNode event = explain(entered("u1").email("a@example.com").toString())
                .path("events")
                .path(0);

        assertThat(event.path("index").asInt()).isZero();
        assertThat(event.path("messageId").asText()).isEqualTo("msg-aud_1");
        assertThat(event.path("outcome").asText()).isEqualTo("delivered");
        JsonNode mapping = event.at("/mappings/0");
        assertThat(mapping.path("mapping").asText()).isEqualTo("sync-engage-audience");
        assertThat(mapping.path("status").asText()).isEqualTo("on");
        assertThat(mapping.path("outcome").asText()).isEqualTo("delivered");
        assertThat(mapping.has("reason")).isFalse();
        assertJson(mapping.path("trigger"), """
                {"expression":"type = \\"identify\\" or type = \\"track\\"","matched":true,"comparisons":[
                {"expression":"type = \\"identify\\"","value":"identify","matched":true},
                {"expression":"type = \\"track\\"","value":"identify","matched":false}]}""");
        assertJson(
                mapping.path("computationClass"),
                "{\"value\":\"audience\",\"wanted\":[\"audience\"],\"matched\":true}");
        assertJson(mapping.path("fields"), """
                {"segment_audience_id":{"value":"aud_1","from":"$.context.personas.computation_id","configured":"default"},
                "segment_audience_key":{"value":"vip_customers","from":"$.context.personas.computation_key","configured":"default"},
                "context_kind":{"value":"user","from":"the literal \\"user\\"","configured":"default"},
                "segment_computation_action":{"value":"audience","from":"$.context.personas.computation_class","configured":"default"},
                "segment_user_id":{"found":"nothing","from":"$.traits.id","configured":"own"},
                "segment_anonymous_id":{"found":"nothing","from":"$.anonymousId","configured":"default"},
                "user_email":{"value":"a@example.com","from":"$.traits.email","configured":"default"},
                "context_key":{"value":"user_id_then_email","from":"the setting","configured":"own"},
                "traits_or_props":{"found":"an object with true under vip_customers","from":"$.traits","configured":"default"},
                "audience_action":{"found":"nothing","from":"nothing","configured":"default"},
                "enable_batching":{"value":true,"from":"the setting","configured":"default"}}""");
        assertJson(mapping.path("contextKey"), "{\"value\":\"a@example.com\",\"from\":\"user_email\"}");
        assertJson(mapping.path("membership"), "{\"value\":true,\"from\":\"traits\",\"decision\":\"ADD\"}");
        assertJson(
                mapping.path("eventTime"),
                "{\"value\":\"2026-01-01T00:00:00.000Z\",\"from\":\"timestamp\",\"clamped\":false,"
                        + "\"counts\":\"2026-01-01T00:00:00Z\"}");
        assertThat(mapping.path("destination").asText()).isEqualTo("launchdarkly");
        assertThat(mapping.path("environmentId").asText()).isEqualTo("test-client-id");
        assertJson(mapping.path("requests"), """
                [{"method":"POST","url":"%s/api/v2/segment-targets/segment-audiences",
                "headers":{"Authorization":"******","LD-API-Version":"20240415","Content-Type":"application/json",
                "User-Agent":"launchdarkly-audiences-camel"},
                "body":{"environmentId":"test-client-id","contextKind":"user","batch":[
                {"userId":"a@example.com","cohortName":"Vip customers","cohortId":"aud_1","value":true}]}}]""".formatted(launchDarkly.url()));
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"page\"} | trigger_not_matched | The trigger does not match.",
                "{\"type\":\"track\"} | computation_class_not_matched | The computation class must be audience, found none.",
                "{\"type\":\"track\",\"context\":{\"personas\":{\"computation_class\":\"trait\"}}} |"
                        + " computation_class_not_matched | The computation class must be audience, found \"trait\".",
            })
    void whyAnEventIsSkipped(String event, String code, String reason) {
        JsonNode explained = explain(event).at("/events/0");
        assertThat(explained.path("outcome").asText()).isEqualTo("skipped");
        assertThat(explained.path("mappings").findValuesAsText("code")).containsExactly(code);
        assertThat(explained.path("mappings").findValuesAsText("reason")).containsExactly(reason);
        assertThat(explained.at("/mappings/0/fields")).hasSize(11);
        assertThat(explained.at("/mappings/0").has("requests")).isFalse();
    }

    @Test
    void whyAnEventIsRejectedAndHowFarItGot() {
        ObjectNode event = entered("u1").json();
        event.putObject("traits").put("vip_customers", "maybe");

        JsonNode mapping = explain(event.toString()).at("/events/0/mappings/0");

        assertThat(mapping.path("outcome").asText()).isEqualTo("rejected");
        assertThat(mapping.path("reason").asText())
                .isEqualTo("traits_or_props: expected true or false under vip_customers, found \"maybe\".");
        assertJson(mapping.path("contextKey"), "{\"value\":\"u1\",\"from\":\"segment_user_id\"}");
        assertJson(
                mapping.at("/fields/traits_or_props"),
                "{\"found\":\"an object with \\\"maybe\\\" under vip_customers\",\"from\":\"$.traits\","
                        + "\"configured\":\"default\"}");
        assertJson(mapping.path("membership"), "{\"value\":\"maybe\",\"from\":\"traits\"}");
        assertThat(mapping.has("eventTime")).isFalse();
        assertThat(mapping.has("requests")).isFalse();
    }

    @Test
    void everyEventOfABodyIsExplainedInItsPlaceAndWhatIsNoneToo() {
        JsonNode events = explain(array(entered("u1"), "17", "{\"type\":\"page\"}", entered("u2")))
                .path("events");
        assertThat(events.findValuesAsText("index")).containsExactly("0", "1", "2", "3");
        assertThat(events.path(1).path("outcome").asText()).isEqualTo("rejected");
        assertThat(events.path(1).path("reason").asText()).isEqualTo("An event must be a JSON object, found a number.");
        assertThat(events.path(1).has("mappings")).isFalse();
        assertThat(events.path(2).path("outcome").asText()).isEqualTo("skipped");
    }

    @Test
    void linesAndBatchObjectsAreReadAsTheInboundReadsThem() {
        ObjectNode bare = entered("u1").json();
        JsonNode context = bare.remove("context");
        String lines = entered("u2") + "\n{\"batch\":[" + bare + "],\"context\":" + context + "}\n{";
        JsonNode events = post(lines, "application/x-ndjson").json().path("events");
        assertThat(events).hasSize(3);
        assertThat(events.path(1).at("/mappings/0/contextKey/value").asText()).isEqualTo("u1");
        assertThat(events.path(2).path("reason").asText()).startsWith("The line is not valid JSON");
    }

    @Test
    void aTimeFarAheadIsSaidNotToCount() {
        ObjectNode event = entered("u1").json();
        event.put("timestamp", "9999-01-01T00:00:00.000Z");
        JsonNode time = explain(event.toString()).at("/events/0/mappings/0/eventTime");
        assertThat(time.path("value").asText()).isEqualTo("9999-01-01T00:00:00.000Z");
        assertThat(time.path("clamped").asBoolean()).isTrue();
        assertThat(time.path("counts").asText()).isLessThan("9999");

        event.remove("timestamp");
        time = explain(event.toString()).at("/events/0/mappings/0/eventTime");
        assertThat(time.path("from").asText()).isEqualTo("arrival");
        assertThat(time.path("found").asText()).isEqualTo("nothing");
    }

    @Test
    void anEventThatRepeatsWhatLaunchDarklyHasNeedsNoRequest() {
        bundle.post(entered("u1").at(1000).toString());

        JsonNode mapping = explain(entered("u1").at(1000).toString()).at("/events/0/mappings/0");

        assertThat(mapping.path("outcome").asText()).isEqualTo("delivered");
        assertJson(mapping.path("repeats"), "[\"u1\"]");
        assertJson(mapping.path("requests"), "[]");
        assertThat(explain(entered("u1").at(1001).toString())
                        .at("/events/0/mappings/0")
                        .has("repeats"))
                .isFalse();
    }

    @Test
    void anEventThatIsOlderThanWhatIsKnownIsSuperseded() {
        startAnother("audiences.batch.skip-repeats", "false");
        bundle.post(entered("u1").at(1000).toString());

        JsonNode mapping = explain(left("u1").at(500).toString()).at("/events/0/mappings/0");

        assertJson(
                mapping.path("superseded"),
                "[{\"userId\":\"u1\",\"value\":true,\"eventTime\":\"2026-01-01T00:00:01Z\"}]");
        assertThat(mapping.path("outcome").asText()).isEqualTo("delivered");
        assertThat(mapping.at("/membership/decision").asText()).isEqualTo("REMOVE");
        assertThat(mapping.at("/requests/0/body/batch/0/value").asBoolean()).isTrue();
        assertThat(explain(left("u1").at(1000).toString())
                        .at("/events/0/mappings/0")
                        .has("superseded"))
                .isFalse();
    }

    @Test
    void mappingsThatAreOffOrStoppedAreExplainedAndSaidToBe() throws Exception {
        startAnother("audiences.mapping.accounts.enabled", "false", "audiences.mapping.third.context-kind", "third");
        bundle.context().getRouteController().stopRoute("mapping-third");

        Map<String, JsonNode> mappings = new HashMap<>();
        explain(entered("u1").toString())
                .at("/events/0/mappings")
                .forEach(mapping -> mappings.put(mapping.path("mapping").asText(), mapping));

        assertThat(mappings.get("sync-engage-audience").path("status").asText()).isEqualTo("on");
        assertThat(mappings.get("accounts").path("status").asText()).isEqualTo("off");
        assertThat(mappings.get("accounts").path("reason").asText()).isEqualTo("The mapping is off.");
        assertThat(mappings.get("third").path("status").asText()).isEqualTo("stopped");
        assertThat(mappings.get("third").path("outcome").asText()).isEqualTo("skipped");
        assertThat(mappings.get("third").at("/fields/context_kind/value").asText())
                .isEqualTo("third");

        bundle.context().getRouteController().startRoute("mapping-accounts");
        assertThat(explain(entered("u1").toString()).at("/events/0/mappings").findValuesAsText("status"))
                .containsOnlyOnce("stopped")
                .doesNotContain("off");
    }

    @Test
    void nothingIsSentCountedOrRemembered() {
        Map<String, List<Double>> before = meters();
        explain(array(entered("u1").at(2000), "17", "{\"type\":\"page\"}", identify("aud_1", "vip", true)));
        assertThat(meters()).isEqualTo(before).isNotEmpty();
        assertThat(launchDarkly.requests()).isEmpty();
        assertThat(bundle.deadLetters()).isEmpty();

        // What was explained is newer, but must not stand in the way of this one.
        bundle.post(left("u1").at(1000).toString());
        assertThat(launchDarkly.requests()).hasSize(1);
        assertThat(launchDarkly.requests().get(0).json().at("/batch/0/value").asBoolean())
                .isFalse();
    }

    private Map<String, List<Double>> meters() {
        Map<String, List<Double>> values = new HashMap<>();
        for (Meter meter : bundle.context()
                .getRegistry()
                .findSingleByType(MeterRegistry.class)
                .getMeters()) {
            if (meter.getId().getName().startsWith("audiences.")) {
                values.put(
                        meter.getId().toString(),
                        StreamSupport.stream(meter.measure().spliterator(), false)
                                .map(Measurement::getValue)
                                .toList());
            }
        }
        return values;
    }

    @Test
    void theTokenIsInNoAnswer() {
        Reply reply = post(array(entered("u1"), "17"), "application/json");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.response().body())
                .contains("\"Authorization\":\"******\"")
                .doesNotContain(LaunchDarklyStub.TOKEN);
    }

    @Test
    void longValuesAreCutAndObjectsOnlyNamed() {
        startAnother(MAPPING + "segment-user-id", "$.traits", MAPPING + "context-key", "user_id_then_anonymousId");
        String answer = post(
                        identify("aud_1", "vip", true)
                                .anonymous("a".repeat(60_000))
                                .toString(),
                        "application/json")
                .response()
                .body();
        assertThat(answer)
                .contains("\"segment_user_id\":{\"found\":\"an object\"")
                .hasSizeLessThan(5000);
    }

    @Test
    void theLimitsAndAnswersAreThoseOfTheInboundButFewerEventsAreExplained() {
        startAnother("audiences.inbound.http.max-body-bytes", "100000", "audiences.event.max-bytes", "2000");
        String[] hundred = Collections.nCopies(100, "{\"type\":\"page\"}").toArray(String[]::new);
        String[] more = Collections.nCopies(101, "{\"type\":\"page\"}").toArray(String[]::new);

        assertThat(post(array((Object[]) hundred), "application/json").status()).isEqualTo(200);
        Reply tooMany = post(array((Object[]) more), "application/json");
        assertThat(tooMany.status()).isEqualTo(413);
        assertThat(tooMany.error()).isEqualTo("The body holds more than 100 events.");
        assertThat(tooMany.header("Content-Type")).isEqualTo("application/json");
        assertThat(post("[\"" + "x".repeat(100_000) + "\"]", "application/json").status())
                .isEqualTo(413);
        assertThat(post("[", "application/json").status()).isEqualTo(400);
        assertThat(post("", "application/json").status()).isEqualTo(400);
        assertThat(post("{}", "text/html").status()).isEqualTo(415);
        assertThat(post(array("{\"type\":\"" + "x".repeat(2000) + "\"}", "{}"), "application/json")
                        .json()
                        .at("/events/0/reason")
                        .asText())
                .isEqualTo("The event has 2011 bytes; 2000 are allowed.");
        Reply get =
                bundle.send(bundle.request("/v1/explain", "application/json").build());
        assertThat(get.status()).isEqualTo(405);
        assertThat(get.header("Allow")).isEqualTo("POST");
        assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(200);
    }

    @Test
    void itIsOffUnlessItIsTurnedOn() {
        try (RunningBundle shipped = RunningBundle.startAgainst(launchDarkly)) {
            Reply reply = shipped.send(shipped.request("/v1/explain", "application/json")
                    .POST(BodyPublishers.ofString(entered("u1").toString()))
                    .build());
            assertThat(reply.status()).isEqualTo(404);
        }
    }

    @Test
    void itIsToBeHadWhereEventsDoNotComeOverHttp(@TempDir Path inbox) {
        startAnother("audiences.inbound", "file", "audiences.inbound.file.directory", inbox.toString());

        assertThat(explain(entered("u1").toString()).at("/events/0/outcome").asText())
                .isEqualTo("delivered");
        assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(404);
        assertThat(bundle.send(bundle.request("/v1/explain", "application/json").build())
                        .status())
                .isEqualTo(405);
    }

    @Test
    void itListensOnLoopbackOnlyUnlessToldOtherwise() {
        assertThatThrownBy(() -> start(
                                "audiences.inbound", "file",
                                "audiences.inbound.http.host", "0.0.0.0")
                        .close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("audiences.inbound.http.host with the host '0.0.0.0' is not allowed");
    }

    private JsonNode explain(String body) {
        Reply reply = post(body, "application/json");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
        return reply.json();
    }

    private Reply post(String body, String contentType) {
        return bundle.send(bundle.request("/v1/explain", contentType)
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    private static void assertJson(JsonNode actual, String expected) {
        assertThat(actual.toString()).isEqualTo(expected.replace("\n", ""));
    }
}
