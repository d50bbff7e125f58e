package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.MalformedText;
import io.github.ldaudiences.fixture.MalformedText.Document;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller gets for good and bad requests, and that bad ones cost good ones nothing. */
@Tag("http")
class InboundHttpTest {

    private static RunningBundle bundle;

    @BeforeAll
    static void startBundle() {
        bundle = RunningBundle.start(
                "audiences.inbound.http.max-body-bytes", "1000000",
                "audiences.inbound.http.max-events", "1000",
                "audiences.event.max-bytes", "20000");
    }

    @AfterAll
    static void stopBundle() {
        bundle.close();
    }

    @Test
    void oneEventIsDeliveredBeforeTheReply() {
        Reply reply = bundle.post(
                AudienceEvent.identify("aud_one", "vip", true).user("u1").toString());
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
        assertThat(reply.json().toString())
                .isEqualTo("{\"received\":1,\"delivered\":1,\"skipped\":0,\"rejected\":0,\"rejections\":[]}");
        assertThat(bundle.included("aud_one")).containsExactly("u1");
    }

    @Test
    void aBatchObjectSharesItsContextWithItsEvents() {
        ObjectNode first =
                AudienceEvent.identify("aud_batch", "vip", true).user("u1").json();
        JsonNode context = first.remove("context");
        ObjectNode second =
                AudienceEvent.identify("aud_batch", "vip", false).user("u2").json();
        second.remove("context");
        Reply reply = bundle.post("{\"batch\":[" + first + "," + second + "],\"context\":" + context + "}");
        assertThat(reply.count("delivered")).isEqualTo(2);
        assertThat(bundle.included("aud_batch")).containsExactly("u1");
        assertThat(bundle.excluded("aud_batch")).containsExactly("u2");
    }

    @Test
    void linesOfJsonAreReadEachByItself() {
        String lines = AudienceEvent.identify("aud_lines", "vip", true).user("u1") + "\n\n{\"type\":\r\n"
                + AudienceEvent.identify("aud_lines", "vip", true).user("u2");
        Reply reply = bundle.post(lines, "application/x-ndjson; charset=utf-8");
        assertThat(reply.count("delivered")).isEqualTo(2);
        assertThat(reply.count("rejected")).isEqualTo(1);
        assertThat(reply.reason(0)).contains("not valid JSON");
        assertThat(bundle.included("aud_lines")).containsExactly("u1", "u2");
    }

    @Test
    void aMixedBodyDeliversTheGoodSkipsTheForeignAndRejectsTheBad() {
        ObjectNode noAudience =
                AudienceEvent.identify("aud_mixed", "vip", true).user("u2").json();
        ((ObjectNode) noAudience.at("/context/personas")).remove("computation_id");
        ObjectNode notBoolean =
                AudienceEvent.identify("aud_mixed", "vip", true).user("u3").json();
        notBoolean.putObject("traits").put("vip", "maybe");
        int deadLettersBefore = bundle.deadLetters().size();
        Reply reply = bundle.post(array(
                AudienceEvent.identify("aud_mixed", "vip", true).user("u1"),
                "{\"type\":\"page\",\"userId\":\"u1\"}",
                noAudience,
                "17",
                notBoolean,
                AudienceEvent.identify("aud_mixed", "vip", true).anonymous("a"),
                "{\"type\":\"track\",\"event\":\"Order Completed\",\"context\":null}",
                "{\"type\":\"identify\",\"context\":{\"personas\":null}}",
                AudienceEvent.identify("aud_mixed", "vip", false).user("u4")));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.count("received")).isEqualTo(9);
        assertThat(reply.count("delivered")).isEqualTo(2);
        assertThat(reply.count("skipped")).isEqualTo(3);
        assertThat(reply.count("rejected")).isEqualTo(4);
        assertThat(reply.json().path("rejections").findValuesAsText("index")).containsExactly("2", "3", "4", "5");
        assertThat(reply.json().at("/rejections/0/messageId").asText()).isEqualTo("msg-aud_mixed");
        assertThat(reply.json().path("rejections").findValuesAsText("code"))
                .containsExactly(
                        "audience_id_missing", "not_an_object", "membership_not_boolean", "context_key_missing");
        assertThat(reply.reason(0)).contains("segment_audience_id").contains("nothing");
        assertThat(reply.reason(1)).contains("must be a JSON object").contains("a number");
        assertThat(reply.reason(2)).contains("true or false under vip").contains("\"maybe\"");
        assertThat(reply.reason(3)).contains("context_key").contains("user_id_only");
        assertThat(bundle.included("aud_mixed")).containsExactly("u1");
        assertThat(bundle.excluded("aud_mixed")).containsExactly("u4");
        List<JsonNode> deadLetters = bundle.deadLetters();
        assertThat(deadLetters.subList(deadLettersBefore, deadLetters.size()))
                .hasSize(4)
                .anySatisfy(line -> assertThat(line.path("code").asText()).isEqualTo("audience_id_missing"))
                .allSatisfy(line -> {
                    assertThat(line.path("reason").asText()).isNotEmpty();
                    assertThat(line.at("/source/request").asText()).isNotEmpty();
                    assertThat(java.time.Instant.parse(line.path("time").asText()))
                            .isNotNull();
                })
                .anySatisfy(line -> {
                    assertThat(line.path("mapping").asText()).isEqualTo("sync-engage-audience");
                    assertThat(line.path("event")).isEqualTo(notBoolean);
                })
                .anySatisfy(line -> assertThat(line.path("text").asText()).isEqualTo("17"));
    }

    @Test
    void anEmptyArrayIsFineAndHoldsNothing() {
        assertThat(bundle.post("[]").json().toString())
                .isEqualTo("{\"received\":0,\"delivered\":0,\"skipped\":0,\"rejected\":0,\"rejections\":[]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "''                  | body_empty",
                "' '                 | body_empty",
                "null                | not_an_object",
                "17                  | not_an_object",
                "\"text\"            | not_an_object",
                "{\"type\":          | not_json",
                "[{\"type\":\"page\"} | not_json",
                "[1,2]               | not_an_object",
                "{} {}               | not_json",
                "'\u0001'            | not_json"
            })
    void aBodyWithoutEventsGets400(String body, String code) {
        Reply reply = bundle.post(body);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("code").asText()).isEqualTo(code);
        assertThat(reply.error()).isNotEmpty();
        assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(200);
    }

    @Test
    void whileItsRouteIsStoppedACallerIsToldToComeAgain() throws Exception {
        bundle.context().getRouteController().stopRoute("inbound-http");
        try {
            Reply reply = bundle.post(entered("u-stopped").toString());
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.header("Retry-After")).isEqualTo("10");
        } finally {
            bundle.context().getRouteController().startRoute("inbound-http");
        }
        assertThat(bundle.post(entered("u-stopped").toString()).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "LOCK", "post"})
    void anotherMethodGets405(String method) {
        Reply reply = bundle.send(bundle.request("/v1/events", "application/json")
                .method(method, BodyPublishers.noBody())
                .build());
        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.header("Allow")).isEqualTo("POST");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1",
                "/v1/events/more",
                "/v1/event",
                "/v1/events/",
                "/V1/EVENTS",
                "/v1/events;x",
                "/v1/%65vents",
                "/v1//events",
                "/SANDBOX/segments",
                "/sandboxes"
            })
    void anotherPathGets404(String path) {
        Reply reply = bundle.send(bundle.request(path, "application/json")
                .POST(BodyPublishers.ofString(entered("u1").toString()))
                .build());
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.error()).contains("/v1/events");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/explain, audiences.explain=on",
        "/v1/memberships, audiences.store.lookup=on",
        "/v1/resync, audiences.store.resync=on",
        "/v1/dead-letters/replay, audiences.replay=on",
    })
    void anEndpointThatIsOffIsSaidToBeOffWithThePropertyThatTurnsItOn(String path, String property) {
        for (String method : List.of("POST", "GET")) {
            Reply reply = bundle.send(bundle.request(path, "application/json")
                    .method(method, BodyPublishers.noBody())
                    .build());
            assertThat(reply.status()).isEqualTo(404);
            assertThat(reply.error()).contains("is off").contains(property);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":", "[{\"type\":\"track\"},", "[1}", "{\"a\":NaN1}", "{\"a\":+1}"})
    void whatIsNoJsonIsRefusedWithThePlaceAndWithoutTheParsersOwnTerms(String body) {
        Reply reply = bundle.post(body);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).contains("not valid JSON", "(at byte ").doesNotContain("Source", "Feature", "`");
    }

    @Test
    void whatIsNoJsonIsRefusedWithTheEventAtWhichItBroke() {
        String good =
                AudienceEvent.identify("aud_broke", "vip", true).user("u1").toString();
        for (String body : List.of(
                "[" + good + "," + good + ",{\"a\":tru}," + good + "]",
                "[" + good + ",17,{\"a\"",
                "{\"batch\":[" + good + "," + good + "}",
                "[" + good + "," + good + " " + good + "]")) {
            Reply reply = bundle.post(body);
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.error())
                    .startsWith("The body is not valid JSON: ")
                    .contains("(at byte ")
                    .endsWith("). The event with index 2 is the first that cannot be read.");
        }
        assertThat(bundle.post("{\"a\":tru}").error()).doesNotContain("index");
        assertThat(bundle.segmentIds()).doesNotContain("aud_broke");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "Infinity", "-Infinity", "-INF"})
    void aNumberThatJsonHasNoWordForCostsItsEventAlone(String number) {
        String audience = "aud_" + number;
        AudienceEvent good = AudienceEvent.identify(audience, "vip", true).user("u1");
        String bad = good.toString().replace("\"traits\":{", "\"traits\":{\"ltv\":" + number + ",");
        Reply reply = bundle.post(
                array(good, bad, AudienceEvent.identify(audience, "vip", true).user("u3")));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(bundle.included(audience)).containsExactly("u1", "u3");
        assertThat(reply.json().findValuesAsText("index")).containsExactly("1");
        assertThat(reply.reason(0)).isEqualTo("The event holds NaN or Infinity, which is not JSON.");
        assertThat(bundle.deadLetters())
                .anySatisfy(letter -> assertThat(letter.path("text").asText()).isEqualTo(bad));
        assertThat(bundle.post(bad).status()).isEqualTo(400);
    }

    @Test
    void malformedTextIsRejectedWhereverItStandsAndItsNeighboursAreDelivered() {
        List<Document> documents = MalformedText.documents();
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        documents.forEach(document -> {
            lines.writeBytes(document.bytes());
            lines.write('\n');
        });
        try (RunningBundle fresh = RunningBundle.start()) {
            Reply reply = send(fresh, "application/x-ndjson", lines.toByteArray());

            assertThat(fresh.included("aud_1")).containsExactlyInAnyOrderElementsOf(MalformedText.delivered(documents));
            assertThat(fresh.segmentIds()).containsExactly("aud_1");
            assertThat(reply.count("rejected")).isEqualTo(documents.size());
            assertThat(fresh.deadLetters())
                    .extracting(MalformedText::inDeadLetter)
                    .containsExactlyInAnyOrderElementsOf(MalformedText.rejected(documents));
            assertThat(reply.reason(0)).contains("(at byte ");

            // A body in which there is nothing else is refused.
            for (Document document : documents) {
                if (document.delivered().isEmpty()) {
                    Reply refused = send(fresh, "application/json", document.bytes());
                    assertThat(refused.status()).as(document.name()).isEqualTo(400);
                    assertThat(refused.error()).as(document.name()).containsAnyOf("UTF-8", "surrogate pair");
                }
            }
            assertThat(fresh.included("aud_1")).hasSameSizeAs(MalformedText.delivered(documents));
        }
    }

    @Test
    void malformedTextOutsideOfEventsIsRefused() {
        for (String body : List.of(
                "[" + MalformedText.good("u1") + "\u00ff," + MalformedText.good("u2") + "]",
                MalformedText.good("u1") + "\u00c3",
                "\u00fe\u00ff" + MalformedText.good("u1"))) {
            Reply reply = send(bundle, "application/json", MalformedText.bytes(body));
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.error()).startsWith("The body is not valid UTF-8 (at byte ");
        }
    }

    @Test
    void textThatOnlyLooksMalformedIsDeliveredAsItIs() throws Exception {
        List<String> expected = new ArrayList<>();
        List<String> events = new ArrayList<>();
        for (String text : MalformedText.WELL_FORMED.values()) {
            String event = MalformedText.good(text).replace("aud_1", "aud_well_formed");
            events.add(event);
            expected.add(new ObjectMapper()
                    .readTree(MalformedText.bytes(event))
                    .path("userId")
                    .textValue());
        }
        assertThat(send(bundle, "application/json", MalformedText.bytes(events.toString()))
                        .count("delivered"))
                .isEqualTo(events.size());
        assertThat(bundle.included("aud_well_formed")).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void aReasonIsNotCutWithinACharacter() {
        ObjectNode event =
                AudienceEvent.identify("aud_cut", "vip", true).user("u1").json();
        for (int before = 50; before < 65; before++) {
            event.withObject("/traits").put("vip", "x".repeat(before) + "\ud83d\ude00".repeat(20));
            Reply reply = bundle.post(array(event, entered("u1")));
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.reason(0)).contains("xxx").contains("…");
            assertThat(reply.reason(0).codePoints())
                    .noneMatch(character -> Character.getType(character) == Character.SURROGATE);
        }
    }

    private static Reply send(RunningBundle to, String contentType, byte[] body) {
        return to.send(to.request("/v1/events", contentType)
                .POST(BodyPublishers.ofByteArray(body))
                .build());
    }

    @Test
    void aRouteOfOnesOwnCanShareThePort() throws Exception {
        bundle.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("netty-http:http://127.0.0.1:" + bundle.port()
                                + "/Hello?backlog=4096&httpMethodRestrict=GET,OPTIONS")
                        .routeId("hello")
                        .setBody()
                        .constant("Hello");
            }
        });
        try {
            for (String method : List.of("GET", "OPTIONS")) {
                Reply reply = bundle.send(bundle.request("/Hello?a=b", "text/plain")
                        .method(method, BodyPublishers.noBody())
                        .build());
                assertThat(reply.response().body()).isEqualTo("Hello");
            }
        } finally {
            bundle.context().getRouteController().stopRoute("hello");
            bundle.context().removeRoute("hello");
        }
        assertThat(bundle.send(bundle.request("/Hello", "text/plain").build()).status())
                .isEqualTo(404);
    }

    @Test
    void aWrongRequestDoesNotCutTheConnection() throws Exception {
        // A sender that keeps connections would run into the cut with a request that is right.
        String right = entered("u1").toString();
        String rightRequest = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + right.length() + "\r\nConnection: close\r\n\r\n" + right;
        try (Socket socket = new Socket("127.0.0.1", bundle.port())) {
            OutputStream out = socket.getOutputStream();
            for (String wrong : List.of("GET /v1/events", "POST /v1/nothing")) {
                out.write((wrong + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                readAnswer(socket.getInputStream());
            }
            out.write(rightRequest.getBytes(StandardCharsets.UTF_8));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200");
        }
    }

    private static void readAnswer(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertThat(next).as("connection cut after " + head).isNotNegative();
            head.append((char) next);
        }
        Matcher length = Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
        assertThat(length.find()).as(head.toString()).isTrue();
        in.readNBytes(Integer.parseInt(length.group(1)));
    }

    @Test
    void aBodyBeyondTheLimitGets413() throws Exception {
        // Read by hand: the answer comes while the body is still being sent.
        try (Socket socket = new Socket("127.0.0.1", bundle.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 1000001\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            String status = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            assertThat(status).isEqualTo("HTTP/1.1 413");
        }
    }

    @Test
    void tooManyEventsGet413() {
        Object[] events = new Object[1001];
        java.util.Arrays.fill(events, "{}");
        Reply reply = bundle.post(array(events));
        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.error()).contains("1000 events");
    }

    @Test
    void anEventThatIsTooLargeOrTooDeepCostsItsNeighboursNothing() {
        String deep = "{\"type\":\"identify\",\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";
        String large = "{\"type\":\"identify\",\"a\":\"" + "x".repeat(20_000) + "\"}";
        String digits = "{\"type\":\"identify\",\"a\":" + "9".repeat(5_000) + "}";
        Reply reply = bundle.post(
                array(deep, AudienceEvent.identify("aud_deep", "vip", true).user("u1"), large, digits));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.count("delivered")).isEqualTo(1);
        assertThat(reply.count("rejected")).isEqualTo(3);
        assertThat(reply.reason(0)).contains("deeper than 100");
        assertThat(reply.reason(1)).contains("20000 are allowed");
        assertThat(reply.reason(2)).contains("5000 digits");
        assertThat(bundle.included("aud_deep")).containsExactly("u1");
    }

    @Test
    void longNumbersKeepTheirDigits() {
        ObjectNode event = AudienceEvent.identify("aud_digits", "vip", true).json();
        event.put("userId", new java.math.BigInteger("12345678901234567890"));
        assertThat(bundle.post(event.toString()).count("delivered")).isEqualTo(1);
        assertThat(bundle.included("aud_digits")).containsExactly("12345678901234567890");
    }

    @Test
    void manyCallersWaitWithoutAThreadEach() {
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            replies.add(bundle.postAsync(AudienceEvent.identify("aud_many", "vip", true)
                    .user("u" + i)
                    .toString()));
        }
        assertThat(replies)
                .allSatisfy(reply -> assertThat(reply.join().status()).isEqualTo(200));
        assertThat(bundle.included("aud_many")).hasSize(300);
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().contains("Netty")
                                || thread.getName().contains("netty"))
                        .count())
                .isLessThan(50);
    }
}
