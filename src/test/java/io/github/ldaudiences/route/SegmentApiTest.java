package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Compressed;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.sandbox.Fault;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The paths of Segment's HTTP tracking API, on the shipped routes. */
@Tag("http")
class SegmentApiTest {

    private static final String KEY = "aWriteKeyOfThisTest0123456789";
    private static final String NEXT_KEY = "next:write-key.of_this~test";
    private static final String TOKEN = "token-0123456789";
    private static final String OF_KEY = basic(KEY + ":");

    private static RunningBundle bundle;

    @BeforeAll
    static void startBundle() {
        bundle = RunningBundle.start(
                "audiences.inbound.http.segment-api", "on",
                "audiences.inbound.http.write-keys", KEY + "," + NEXT_KEY,
                "audiences.inbound.http.bearer-tokens", TOKEN,
                "audiences.inbound.http.max-events", "20",
                "audiences.event.max-bytes", "2000",
                "audiences.batch.skip-repeats", "false",
                "audiences.replay", "on");
    }

    @AfterAll
    static void stopBundle() {
        bundle.close();
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    private static Reply post(String path, Object body) {
        return post(path, body, "Authorization", OF_KEY);
    }

    private static Reply post(String path, Object body, String... headers) {
        HttpRequest.Builder request = bundle.request(path, "application/json");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return bundle.send(
                request.POST(BodyPublishers.ofString(body.toString())).build());
    }

    private static ObjectNode untyped(AudienceEvent event) {
        return event.json().without("type");
    }

    private static AudienceEvent enters(String audience, String user) {
        return AudienceEvent.identify(audience, "vip", true).user(user);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/identify, delivered",
        "/v1/track,    delivered",
        "/v1/page,     skipped",
        "/v1/screen,   skipped",
        "/v1/group,    skipped",
        "/v1/alias,    skipped"
    })
    void thePathSaysTheTypeOfAnEventThatDoesNotSayIt(String path, String outcome) {
        String audience = "aud" + path.replace('/', '_');
        AudienceEvent event = path.equals("/v1/track")
                ? AudienceEvent.track(audience, "vip", true).user("u1")
                : enters(audience, "u1");
        Reply reply = post(path, untyped(event));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
        assertThat(reply.json().toString())
                .isEqualTo(
                        "{\"success\":true,\"received\":1,\"delivered\":%d,\"skipped\":%d,\"rejected\":0,\"rejections\":[]}"
                                .formatted(outcome.equals("delivered") ? 1 : 0, outcome.equals("skipped") ? 1 : 0));
        assertThat(bundle.included(audience)).hasSize(outcome.equals("delivered") ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/batch", "/v1/import", "/v1/import/"})
    void eachEventOfABatchSaysItsType(String path) {
        String audience = "aud" + path.replace('/', '_');
        ObjectNode shared = enters(audience, "u1").json();
        JsonNode context = shared.remove("context");
        ObjectNode page = enters(audience, "u3").json().put("type", "page");
        String batch = array(
                shared,
                AudienceEvent.track(audience, "vip", true).user("u2"),
                page,
                untyped(enters(audience, "u4")),
                17);
        Reply reply = post(
                path, "{\"batch\":%s,\"context\":%s,\"sentAt\":\"2026-01-01T00:00:00Z\"}".formatted(batch, context));
        assertThat(reply.json().path("success").asBoolean()).isTrue();
        assertThat(reply.count("received")).isEqualTo(5);
        assertThat(reply.count("delivered")).isEqualTo(2);
        assertThat(reply.count("skipped")).isEqualTo(2);
        assertThat(reply.count("rejected")).isEqualTo(1);
        assertThat(bundle.included(audience)).containsExactlyInAnyOrder("u1", "u2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"identify", "track", "page", "screen", "group", "alias"})
    void jitsusPathsSayTheTypeAsWell(String type) {
        for (String path : List.of("/api/s/" + type, "/api/s/s2s/" + type)) {
            String audience = "aud" + path.replace('/', '_');
            AudienceEvent event = type.equals("track")
                    ? AudienceEvent.track(audience, "vip", true).user("u1")
                    : enters(audience, "u1");
            Reply reply = post(path, untyped(event), "X-Write-Key", NEXT_KEY);
            assertThat(reply.json().path("success").asBoolean()).isTrue();
            boolean delivered = type.equals("identify") || type.equals("track");
            assertThat(reply.count("delivered")).isEqualTo(delivered ? 1 : 0);
            assertThat(reply.count("skipped")).isEqualTo(delivered ? 0 : 1);
        }
    }

    @Test
    void jsonMayBeCalledAFormAsRudderStacksLibraryDoesButNotByAPage() {
        HttpRequest.Builder request = bundle.request("/v1/batch", "application/x-www-form-urlencoded")
                .header("Authorization", OF_KEY)
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(Compressed.gzip(array(enters("aud_form", "u1")))));
        assertThat(bundle.send(request.build()).count("delivered")).isEqualTo(1);
        assertThat(bundle.send(request.header("Origin", "http://example.com").build())
                        .status())
                .isEqualTo(415);
    }

    @Test
    void whatAnEventSaysItselfWins() {
        assertThat(post("/v1/page", enters("aud_own", "u1")).count("delivered")).isEqualTo(1);
        assertThat(post("/v1/identify", enters("aud_own", "u2").json().put("type", "page"))
                        .count("skipped"))
                .isEqualTo(1);
        assertThat(post("/v1/identify", enters("aud_own", "u3").json().putNull("type"))
                        .count("delivered"))
                .isEqualTo(1);
        assertThat(bundle.included("aud_own")).containsExactlyInAnyOrder("u1", "u3");
    }

    @Test
    void severalEventsInOneCallAllHaveTheTypeOfThePath() {
        String events = array(untyped(enters("aud_several", "u1")), untyped(enters("aud_several", "u2")));
        assertThat(post("/v1/identify", events).count("delivered")).isEqualTo(2);
        assertThat(post("/v1/identify", "{\"batch\":" + events + "}").count("delivered"))
                .isEqualTo(2);
        assertThat(bundle.send(bundle.request("/v1/identify", "application/x-ndjson")
                                .header("Authorization", OF_KEY)
                                .POST(BodyPublishers.ofString(untyped(enters("aud_several", "u3")) + "\n"
                                        + untyped(enters("aud_several", "u4")) + "\n"))
                                .build())
                        .count("delivered"))
                .isEqualTo(2);
        assertThat(bundle.included("aud_several")).containsExactlyInAnyOrder("u1", "u2", "u3", "u4");
    }

    @Test
    void theOtherPathHasItsAnswerAsBefore() {
        Reply reply = post("/v1/events", enters("aud_events", "u1"), "Authorization", "Bearer " + TOKEN);
        assertThat(reply.json().toString())
                .isEqualTo("{\"received\":1,\"delivered\":1,\"skipped\":0,\"rejected\":0,\"rejections\":[]}");
        assertThat(post("/v1/events", untyped(enters("aud_events", "u2")), "Authorization", "Bearer " + TOKEN)
                        .count("skipped"))
                .isEqualTo(1);
    }

    @Test
    void errorsAreThoseOfTheOtherPath() {
        assertThat(post("/v1/batch", "{").status()).isEqualTo(400);
        assertThat(post("/v1/batch", "").status()).isEqualTo(400);
        assertThat(post("/v1/batch", "{\"batch\":[]}").count("received")).isZero();
        Object[] many = new Object[21];
        java.util.Arrays.fill(many, enters("aud_many", "u1"));
        assertThat(post("/v1/batch", "{\"batch\":" + array(many) + "}").status())
                .isEqualTo(413);
        Reply text = bundle.send(bundle.request("/v1/track", "application/xml")
                .header("Authorization", OF_KEY)
                .POST(BodyPublishers.ofString("{}"))
                .build());
        assertThat(text.status()).isEqualTo(415);
        assertThat(text.json().has("success")).isFalse();
    }

    @Test
    void aStoppedRouteMeansComeAgainAlsoToLibraries() throws Exception {
        bundle.context().getRouteController().suspendRoute("inbound-http");
        try {
            Reply reply = post("/v1/batch", array(enters("aud_stopped", "u1")));
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.header("Retry-After")).isEqualTo("10");
            assertThat(post("/v1/batch", "{\"writeKey\":\"" + KEY + "\"}", new String[0])
                            .status())
                    .isEqualTo(503);
        } finally {
            bundle.context().getRouteController().resumeRoute("inbound-http");
        }
        assertThat(post("/v1/batch", array(enters("aud_stopped", "u1"))).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {KEY, NEXT_KEY})
    void anyWriteKeyProvesACallAsAUserOrInTheBody(String key) {
        ObjectNode event = enters("aud_proven", "u1").json();
        assertThat(post("/v1/identify", event, "Authorization", basic(key + ":"))
                        .status())
                .isEqualTo(200);
        String inBody = "\"writeKey\":\"" + key + "\"";
        for (String body : List.of(
                "{\"batch\":[" + event + "]," + inBody + ",\"sentAt\":\"2026-01-01T00:00:00Z\"}",
                "{" + inBody + ",\"batch\":[" + event + "]}",
                "{\"batch\":[" + event.deepCopy().put("writeKey", key) + "]}",
                "{ \"writeKey\" \n:\t\"" + key + "\" , \"batch\" : [" + event + "]}",
                "{\"writeKey\":17,\"batch\":[" + event + "]," + inBody + "}",
                "{\"writeKey\":\"wrong-0123456789\",\"batch\":[" + event + "]," + inBody + "}",
                "{\"name\\\"writeKey\":1,\"xwriteKey\":2,\"batch\":[" + event + "]," + inBody + "}")) {
            Reply reply = post("/v1/batch", body, new String[0]);
            assertThat(reply.status()).as(body).isEqualTo(200);
            assertThat(reply.count("delivered")).as(body).isEqualTo(1);
        }
        // As Segment's library for Node does it.
        assertThat(post("/v1/batch", "{\"batch\":[]," + inBody + "}", "Authorization", basic(key + ":"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aHeaderOfItsOwnProvesACall() {
        String event = enters("aud_header", "u1").toString();
        for (String path : List.of("/v1/batch", "/v1/identify", "/api/s/identify")) {
            assertThat(post(path, event, "X-Write-Key", KEY).status()).as(path).isEqualTo(200);
        }
        assertThat(post("/v1/batch", event, "X-Write-Key", KEY + "x").status()).isEqualTo(401);
        assertThat(post("/v1/batch", event, "X-Write-Key", KEY + "," + NEXT_KEY).status())
                .isEqualTo(401);
        assertThat(post("/v1/batch", event, "X-Write-Key", KEY, "X-Write-Key", KEY)
                        .status())
                .isEqualTo(401);
        assertThat(post("/v1/batch?X-Write-Key=" + KEY, event, new String[0]).status())
                .isEqualTo(401);
        for (String path : List.of("/v1/events", "/v1/dead-letters/replay", "/api/s/s2s", "/api/s/event")) {
            assertThat(post(path, event, "X-Write-Key", KEY).status()).as(path).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Basic YVdyaXRlS2V5T2ZUaGlzVGVzdDAxMjM0NTY3ODk=", // without the colon
                "Bearer " + KEY,
                KEY,
                "Basic ***",
                "Basic ",
                "Basic Og=="
            })
    void nothingElseInTheHeaderProvesACall(String authorization) {
        assertThat(post("/v1/batch", "[]", "Authorization", authorization).status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {KEY + ":password", "x" + KEY + ":", ":" + KEY, KEY + "," + NEXT_KEY + ":"})
    void aWriteKeyIsAUserWithoutAPassword(String credentials) {
        assertThat(post("/v1/batch", "[]", "Authorization", basic(credentials)).status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"writeKey\":\"aWriteKeyOfThisTest012345678\"}",
                "{\"writeKey\":\"aWriteKeyOfThisTest0123456789x\"}",
                "{\"writeKey\":\"\"}",
                "{\"writeKey\":null}",
                "{\"writekey\":\"" + KEY + "\"}",
                "{\"writeKey\":[\"" + KEY + "\"]}",
                "{\"other\":\"" + KEY + "\"}",
                "{\"text\":\"{\\\"writeKey\\\":\\\"" + KEY + "\\\"}\"}",
                "{\"writeKey\":\"" + KEY,
                "{\"writeKey\":",
                "{\"writeKey\"",
                "\"writeKey\"",
                "\"writeKe"
            })
    void nothingElseInTheBodyProvesACall(String body) {
        Reply reply = post("/v1/batch", body, new String[0]);
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.response().headers().allValues("WWW-Authenticate"))
                .containsExactly("Bearer realm=\"audiences\"", "Basic realm=\"audiences\", charset=\"UTF-8\"");
    }

    @Test
    void aCompressedCallIsProvenByItsHeadersAndItsKeyGetsIntoNoDeadLetter() {
        ObjectNode event = enters("aud_compressed", "u1").json().put("writeKey", KEY);
        event.remove("userId");
        byte[] body = Compressed.gzip(event.toString());
        var request = bundle.request("/v1/identify", "application/json")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(body));
        assertThat(bundle.send(request.build()).status()).isEqualTo(401);

        Reply reply = bundle.send(request.header("Authorization", OF_KEY).build());

        assertThat(reply.count("rejected")).isEqualTo(1);
        assertThat(lastDeadLetter().toString())
                .contains("aud_compressed", "***")
                .doesNotContain(KEY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/events",
                "/v1/dead-letters/replay",
                "/v1/nothing",
                "/v1/batch//",
                "/v1/Batch",
                "/v1/b",
                "/v1",
                "/",
                "/v1/events?x=/v1/batch"
            })
    void aWriteKeyProvesNothingElsewhere(String path) {
        String body = "{\"writeKey\":\"" + KEY + "\"}";
        assertThat(post(path, body, "Authorization", OF_KEY).status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/nothing",
                "/v1/batch//",
                "/v1/Batch",
                "/v1/%62atch",
                "/v1/b",
                "/v1",
                "/batch",
                "/api/s/batch",
                "/api/s/event",
                "/api/s/track/",
                "/api/s/s2s"
            })
    void otherPathsAreUnknown(String path) {
        Reply reply = post(path, "[]", "Authorization", "Bearer " + TOKEN);
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.error()).contains("/v1/events, /v1/batch, /v1/identify, ");
    }

    @Test
    void otherProofsAndOnlyPostAreTakenThere() {
        assertThat(post("/v1/batch?x=1", "[]", "Authorization", "Bearer " + TOKEN)
                        .status())
                .isEqualTo(200);
        Reply get = bundle.send(bundle.request("/v1/batch", "application/json")
                .header("Authorization", OF_KEY)
                .build());
        assertThat(get.status()).isEqualTo(405);
        assertThat(get.header("Allow")).isEqualTo("POST");
    }

    @Test
    void theKeyInTheBodyGetsNowhere() {
        ObjectNode rejected = enters("aud_key", "u1").json().put("writeKey", KEY);
        rejected.putObject("traits").put("vip", "perhaps");
        ObjectNode tooLarge =
                enters("aud_key", "u2").json().put("writeKey", KEY).put("filler", "x".repeat(3000));
        ObjectNode good = enters("aud_key", "u3").json().put("writeKey", KEY);
        int before = bundle.deadLetters().size();
        Reply reply = post(
                "/v1/batch",
                "{\"batch\":" + array(rejected, tooLarge, good) + ",\"writeKey\":\"" + KEY + "\"}",
                new String[0]);
        assertThat(reply.count("delivered")).isEqualTo(1);
        assertThat(reply.count("rejected")).isEqualTo(2);
        List<JsonNode> letters = bundle.deadLetters();
        assertThat(letters).hasSize(before + 2);
        assertThat(letters.toString()).doesNotContain(KEY);
        JsonNode letter = letters.get(letters.size() - 1);
        assertThat(letter.path("source").path("path").asText()).isEqualTo("/v1/batch");
        assertThat(letters.stream().map(each -> each.at("/event/writeKey").asText()))
                .contains("*".repeat(KEY.length()));
    }

    @Test
    void aDeadLetterIsReplayedWithTheTypeOfItsPath() {
        bundle.sandbox().add(Fault.status(400, 1).forCohort("aud_refused"));
        assertThat(post("/v1/identify", untyped(enters("aud_refused", "u1"))).count("rejected"))
                .isEqualTo(1);
        JsonNode letter = lastDeadLetter();
        assertThat(letter.at("/event/type").asText()).isEqualTo("identify");
        assertThat(replay(letter).count("delivered")).isEqualTo(1);
        assertThat(bundle.included("aud_refused")).containsExactly("u1");

        // Of this one, the dead letter has the text as it came. It is taken where the limit is another.
        ObjectNode large = untyped(enters("aud_large", "u1")).put("filler", "x".repeat(3000));
        assertThat(post("/v1/identify", array(untyped(enters("aud_large", "u2")), large))
                        .count("rejected"))
                .isEqualTo(1);
        JsonNode text = lastDeadLetter();
        assertThat(text.path("text").asText()).isEqualTo(large.toString());
        assertThat(text.path("source").path("path").asText()).isEqualTo("/v1/identify");
        replay(text);
        JsonNode replayed = lastDeadLetter();
        assertThat(replayed.path("source").path("source")).isEqualTo(text.path("source"));
        try (RunningBundle other = RunningBundle.start("audiences.replay", "on")) {
            assertThat(other.replay("?force=true", text, replayed).count("delivered"))
                    .isEqualTo(2);
            assertThat(other.included("aud_large")).containsExactly("u1");
        }
    }

    private static Reply replay(JsonNode letter) {
        return bundle.send(bundle.request("/v1/dead-letters/replay", "application/x-ndjson")
                .header("Authorization", "Bearer " + TOKEN)
                .POST(BodyPublishers.ofString(letter + "\n"))
                .build());
    }

    private static JsonNode lastDeadLetter() {
        List<JsonNode> letters = bundle.deadLetters();
        return letters.get(letters.size() - 1);
    }

    @Test
    void itIsOffUnlessItIsTurnedOn() {
        try (RunningBundle shipped = RunningBundle.start()) {
            for (String call : List.of(
                    "/v1/batch",
                    "/v1/identify",
                    "/v1/track",
                    "/v1/page",
                    "/v1/screen",
                    "/v1/group",
                    "/v1/alias",
                    "/v1/import",
                    "/api/s/track",
                    "/api/s/s2s/identify")) {
                Reply reply = shipped.send(shipped.request(call, "application/json")
                        .POST(BodyPublishers.ofString("[]"))
                        .build());
                assertThat(reply.status()).as(call).isEqualTo(404);
                assertThat(reply.error()).as(call).contains("audiences.inbound.http.segment-api=on");
            }
        }
    }

    @Test
    void withWriteKeysAloneItMayListenAnywhereAndNothingElseIsOpen() {
        int port = FreePort.find();
        try (RunningBundle open = RunningBundle.start(
                "audiences.inbound.http.host",
                "0.0.0.0",
                "audiences.inbound.http.uri",
                "netty-http:http://0.0.0.0:" + port + "/hooks?httpMethodRestrict=POST&bridgeEndpoint=true",
                "audiences.inbound.http.segment-api",
                "on",
                "audiences.inbound.http.write-keys",
                KEY)) {
            // They are where the inbound is.
            HttpRequest.Builder batch = HttpRequest.newBuilder(
                            java.net.URI.create("http://127.0.0.1:" + port + "/v1/batch"))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(array(enters("aud_open", "u1"))));
            assertThat(open.send(batch.build()).status()).isEqualTo(401);
            assertThat(open.send(batch.header("Authorization", OF_KEY).build()).count("delivered"))
                    .isEqualTo(1);
            for (String path : List.of("/hooks", "/", "/v1/events")) {
                assertThat(open.send(HttpRequest.newBuilder(java.net.URI.create("http://127.0.0.1:" + port + path))
                                        .header("Authorization", OF_KEY)
                                        .POST(BodyPublishers.ofString("[]"))
                                        .build())
                                .status())
                        .as(path)
                        .isEqualTo(401);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "on  | write-keys=hidden-short | has a value that is not allowed; allowed is write keys of at least 16",
                "on  | write-keys=hidden-with-a/0123456 | has a value that is not allowed; allowed is write keys of",
                "off | write-keys=hidden-0123456789 | write-keys has no effect while audiences.inbound.http.segment-api is",
                "on  | uri=jetty:http://127.0.0.1:1/x | segment-api=on has no effect while audiences.inbound.http.uri does",
                "on  | host=0.0.0.0 | and audiences.inbound.http.write-keys is set",
                "yes | host=127.0.0.1 | segment-api=yes is not allowed; allowed is one of on, off"
            })
    void whatCannotBeMeantEndsTheStart(String segmentApi, String property, String sentence) {
        String[] pair = property.split("=");
        assertThatThrownBy(() -> RunningBundle.start(
                                "audiences.inbound.http.segment-api",
                                segmentApi,
                                "audiences.inbound.http." + pair[0],
                                pair[1])
                        .close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(sentence)
                .hasMessageNotContaining("hidden");
    }
}
