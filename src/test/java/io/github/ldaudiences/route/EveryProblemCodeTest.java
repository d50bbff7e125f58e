package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static io.github.ldaudiences.fixture.AudienceEvent.identify;
import static io.github.ldaudiences.fixture.RawConnection.post;
import static io.github.ldaudiences.fixture.RawConnection.request;
import static io.github.ldaudiences.problem.ProblemCode.*;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.Latches;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.RawConnection;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.problem.ProblemCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each problem code reaches those whom it is for, with its status, and is counted. A new code needs a case here. */
@Tag("deadletter")
class EveryProblemCodeTest {

    /** What a sender was told: the status, and every code in the answer. */
    private record Told(int status, List<String> codes) {}

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String TOKEN = "a-token-of-the-sender";
    private static final int CONSOLE = FreePort.find();
    private static final int TROUBLED_CONSOLE = FreePort.find();
    private static final String LETTER = "{\"time\":\"2026-01-01T00:00:00Z\",\"reason\":\"?\",";
    private static final Map<ProblemCode, Callable<Told>> CASES = new EnumMap<>(ProblemCode.class);

    private static LaunchDarklyStub launchDarkly;
    private static RunningBundle bundle;
    private static RunningBundle troubled;

    @TempDir
    private static Path folder;

    static {
        requests();
        consoleRequests();
        bodies();
        events();
        skippedEvents();
    }

    @BeforeAll
    static void start() {
        launchDarkly = new LaunchDarklyStub();
        launchDarkly.answer(EveryProblemCodeTest::takeAllButRefused);
        bundle = RunningBundle.startAgainst(
                launchDarkly,
                Map.ofEntries(
                                Map.entry("camel.management.port", Integer.toString(CONSOLE)),
                                Map.entry("audiences.console.actions", "on"),
                                Map.entry("audiences.dead-letter.uri", "file:" + folder.resolve("letters")),
                                Map.entry("audiences.dead-letter.max-wait-ms", "10"),
                                Map.entry("audiences.inbound.http.bearer-tokens", TOKEN),
                                Map.entry("audiences.inbound.http.max-body-bytes", "50000"),
                                Map.entry("audiences.inbound.http.max-events", "3"),
                                Map.entry("audiences.inbound.http.reply-timeout-ms", "60000"),
                                Map.entry("audiences.event.max-bytes", "10000"),
                                Map.entry("audiences.backlog.max-events", "3"),
                                Map.entry("audiences.explain", "on"),
                                Map.entry("audiences.replay", "on"),
                                Map.entry("audiences.store", "file"),
                                Map.entry("audiences.store.file", store().toString()),
                                Map.entry("audiences.store.lookup", "on"),
                                Map.entry("audiences.store.resync", "on"),
                                Map.entry("audiences.mapping.sync-engage-audience.trigger", "type = \"identify\""),
                                Map.entry("audiences.mapping.odd.trigger", "type = \"odd\""),
                                Map.entry("audiences.mapping.odd.context-kind", "$.kind"),
                                Map.entry("audiences.mapping.odd.audience-action", "$.action"),
                                Map.entry("audiences.mapping.odd.traits-or-props", "$.holder"),
                                Map.entry("audiences.mapping.lists.preset", "rudderstack-audience-list"),
                                Map.entry("audiences.mapping.lists.context-kind", "list"),
                                Map.entry("audiences.mapping.lists.segment-audience-id", "list_1"),
                                Map.entry("audiences.mapping.lists.segment-audience-key", "list"),
                                Map.entry("audiences.mapping.rows.preset", "reverse-etl"),
                                Map.entry("audiences.mapping.rows.context-kind", "row"),
                                Map.entry("audiences.mapping.rows.sync-mode", "add"),
                                Map.entry("audiences.mapping.rows.segment-audience-id", "rows_1"),
                                Map.entry("audiences.mapping.rows.segment-audience-key", "rows"),
                                Map.entry("audiences.mapping.off.enabled", "false"))
                        .entrySet()
                        .stream()
                        .flatMap(entry -> List.of(entry.getKey(), entry.getValue()).stream())
                        .toArray(String[]::new));
        troubled = RunningBundle.startAgainst(
                launchDarkly,
                "camel.management.port",
                Integer.toString(TROUBLED_CONSOLE),
                "camel.component.direct.block",
                "false",
                "audiences.dead-letter.uri",
                "direct:nowhere");
    }

    @AfterAll
    static void stop() {
        troubled.close();
        bundle.close();
        launchDarkly.close();
    }

    @ParameterizedTest
    @EnumSource
    void theSenderIsToldTheCodeAndARefusedRequestCountsOnce(ProblemCode code) throws Exception {
        assertThat(CASES).as("a case for each code").containsKey(code);
        double before = code.refusesRequests() ? refusedRequests(code) : 0;

        Told told = CASES.get(code).call();

        assertThat(told.codes()).contains(code.toString());
        if (told.status() == 200) {
            assertThat(code.concern()).isNotEqualTo(ProblemCode.Concern.REQUEST);
        } else {
            assertThat(told.status()).isEqualTo(code.status());
            assertThat(refusedRequests(code) - before).isEqualTo(1);
        }
    }

    private static void requests() {
        CASES.put(UNAUTHORIZED, () -> raw(post("/v1/events", "[]")));
        CASES.put(NOT_FOUND, () -> raw(post("/v1/nothing", "[]", bearer())));
        CASES.put(METHOD_NOT_ALLOWED, () -> raw(request("GET", "/v1/events", bearer())));
        CASES.put(REQUEST_NOT_UNDERSTOOD, () -> raw("POST /v1/events HTTP/1.1\r\n\r\n"));
        CASES.put(EXPECTATION_NOT_SUPPORTED, () -> raw(post("/v1/events", "[]", "Expect: more")));
        CASES.put(TRANSFER_ENCODING_NOT_SUPPORTED, () -> raw(request("POST", "/v1/events", "Transfer-Encoding: gzip")));
        CASES.put(REQUEST_LINE_TOO_LONG, () -> raw(request("GET", "/" + "x".repeat(10_000))));
        CASES.put(HEADERS_TOO_LONG, () -> raw(request("GET", "/", "X-Long: " + "x".repeat(10_000))));
        CASES.put(BODY_TOO_LARGE, () -> raw(request("POST", "/v1/events", bearer(), "Content-Length: 50001")));
        CASES.put(TOO_MANY_EVENTS, () -> events("[{},{},{},{}]"));
        CASES.put(CONTENT_TYPE_NOT_SUPPORTED, () -> send("/v1/events", "text/csv", "a,b"));
        CASES.put(
                CONTENT_ENCODING_NOT_SUPPORTED,
                () -> raw(post("/v1/events", "[]", bearer(), "Content-Encoding: compress")));
        CASES.put(COMPRESSION_INVALID, () -> raw(post("/v1/events", "[]", bearer(), "Content-Encoding: gzip")));
        CASES.put(QUERY_INVALID, () -> replay("?force=perhaps", LETTER + "\"text\":\"{}\"}"));
        CASES.put(OVERLOADED, EveryProblemCodeTest::overloaded);
        CASES.put(NOT_RUNNING, EveryProblemCodeTest::notRunning);
        CASES.put(NOT_DELIVERED, () -> told(troubled.post(array(identify("aud_1", "vip", true)))));
        CASES.put(STORE_UNAVAILABLE, EveryProblemCodeTest::storeUnavailable);
        CASES.put(RESYNC_RUNNING, EveryProblemCodeTest::resyncRunning);
        CASES.put(INTERNAL_ERROR, EveryProblemCodeTest::internalError);
    }

    private static void consoleRequests() {
        CASES.put(FORBIDDEN, () -> raw(CONSOLE, "GET /console/api/status HTTP/1.1\r\nHost: example.org\r\n\r\n"));
        CASES.put(DEAD_LETTERS_ELSEWHERE, () -> raw(TROUBLED_CONSOLE, request("GET", "/console/api/dead-letters")));
        CASES.put(
                SELECTION_CHANGED,
                () -> raw(
                        CONSOLE,
                        post("/console/api/dead-letters/replay", "{\"selection\":{\"code\":\"none\"},\"count\":1}")));
    }

    private static void bodies() {
        CASES.put(BODY_EMPTY, () -> events(""));
        CASES.put(NOT_JSON, () -> events("{"));
        CASES.put(NOT_UNICODE, () -> send("/v1/events", "application/json", "{\"a\":\"\u00ff\"}".getBytes(ISO_8859_1)));
        CASES.put(NOT_AN_OBJECT, () -> events("17"));
        CASES.put(SCHEMA_NOT_SUPPORTED, () -> replay("", LETTER + "\"base64\":\"AAAAAAFhYmM=\"}"));
        CASES.put(VALUE_NOT_DESERIALIZED, () -> assertedWithABroker("value_not_deserialized"));
        CASES.put(ENVELOPE_INVALID, () -> send("/v1/events", "application/cloudevents+json", "{\"id\":\"1\"}"));
        CASES.put(EVENT_TOO_LARGE, () -> events("{\"a\":\"" + "x".repeat(10_000) + "\"}"));
        CASES.put(EVENT_TOO_DEEP, () -> events("{\"a\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}"));
        CASES.put(NUMBER_INVALID, () -> events("{\"a\":NaN}"));
        CASES.put(
                SHARED_FIELDS_TOO_LARGE,
                () -> events("{\"batch\":[{}],\"context\":{\"a\":\"" + "x".repeat(9_000) + "\"}}"));
        CASES.put(NOT_A_DEAD_LETTER, () -> replay("", "{}"));
        CASES.put(EVENT_REDACTED, () -> replay("", LETTER + "\"omitted\":\"personal data\"}"));
    }

    private static void events() {
        CASES.put(AUDIENCE_ID_MISSING, () -> events(without("computation_id")));
        CASES.put(AUDIENCE_KEY_MISSING, () -> events(without("computation_key")));
        CASES.put(CONTEXT_KIND_MISSING, () -> events(odd("\"holder\":{}")));
        CASES.put(CONTEXT_KIND_INVALID, () -> events(odd("\"kind\":\"no kind\"")));
        CASES.put(CONTEXT_KEY_MISSING, () -> events(identify("aud_1", "vip_customers", true)));
        CASES.put(MEMBERSHIP_MISSING, () -> events(withValue("null")));
        CASES.put(MEMBERSHIP_NOT_BOOLEAN, () -> events(withValue("\"perhaps\"")));
        CASES.put(TRAITS_OR_PROPS_NOT_AN_OBJECT, () -> events(odd("\"kind\":\"odd\",\"holder\":7")));
        CASES.put(AUDIENCE_ACTION_INVALID, () -> events(odd("\"kind\":\"odd\",\"action\":\"PERHAPS\"")));
        CASES.put(FIELD_NOT_TEXT, () -> events(entered("u1").toString().replace("\"u1\"", "{\"a\":1}")));
        CASES.put(FIELD_TOO_LONG, () -> events(entered("x".repeat(501))));
        CASES.put(LIST_INVALID, () -> events("{\"type\":\"audiencelist\",\"properties\":{\"listData\":7}}"));
        CASES.put(NEWER_STATE_POSSIBLE, () -> replay("", LETTER + "\"event\":" + entered("unknown") + "}"));
        CASES.put(LAUNCHDARKLY_REFUSED, () -> events(entered("refused")));
    }

    private static void skippedEvents() {
        CASES.put(MAPPING_OFF, () -> explained(entered("u1")));
        CASES.put(TRIGGER_NOT_MATCHED, () -> explained("{\"type\":\"page\"}"));
        CASES.put(COMPUTATION_CLASS_NOT_MATCHED, () -> explained("{\"type\":\"identify\"}"));
        CASES.put(SYNC_MODE_NOT_MATCHED, () -> explained("{\"type\":\"track\",\"event\":\"deleted\"}"));
        CASES.put(NOBODY_LISTED, () -> explained(odd("\"kind\":\"odd\",\"action\":\"SKIP\"")));
    }

    private static Told overloaded() {
        return whileLaunchDarklyWaits(() -> {
            CompletableFuture<Reply> waiting = bundle.sendAsync(authenticated(
                    "/v1/events",
                    "application/json",
                    entered("waiting").toString().getBytes(UTF_8)));
            await().atMost(SOON).until(() -> bundle.backlogEvents() == 1);
            return new Held(events(array(entered("u1"), entered("u2"), entered("u3"))), waiting::join);
        });
    }

    private static Told resyncRunning() {
        assertThat(events(entered("stored")).status()).isEqualTo(200);
        await().atMost(SOON)
                .until(() -> ask("/v1/memberships?contextKey=stored")
                                .json()
                                .path("memberships")
                                .size()
                        == 1);
        return whileLaunchDarklyWaits(() -> {
            assertThat(send("/v1/resync?audience=aud_1", "application/json", "").status())
                    .isEqualTo(202);
            return new Held(send("/v1/resync?audience=aud_1", "application/json", ""), () -> await().atMost(SOON)
                    .until(() -> !ask("/v1/resync").json().path("running").asBoolean()));
        });
    }

    private static Told notRunning() throws Exception {
        bundle.context().getRouteController().stopRoute("explain");
        try {
            return explained("{}");
        } finally {
            bundle.context().getRouteController().startRoute("explain");
        }
    }

    private static Told internalError() throws Exception {
        troubled.context().getRouteController().stopRoute("audience-events");
        try {
            return told(troubled.post(array(entered("u1"))));
        } finally {
            troubled.context().getRouteController().startRoute("audience-events");
        }
    }

    private static Told storeUnavailable() throws Exception {
        inStore("ALTER TABLE audiences_membership RENAME TO away");
        try {
            return told(ask("/v1/memberships?contextKey=u1"));
        } finally {
            inStore("ALTER TABLE away RENAME TO audiences_membership");
            await().atMost(SOON)
                    .until(() -> ask("/v1/memberships?contextKey=u1").status() == 200);
        }
    }

    private static void inStore(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store());
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 30000");
            statement.execute(sql);
        }
    }

    private static Path store() {
        return folder.resolve("memberships.db");
    }

    /** A broker would cost more than all of these cases. */
    private static Told assertedWithABroker(String code) throws IOException {
        assertThat(Files.readString(Path.of("src/test/java/io/github/ldaudiences/route/KafkaSchemasTest.java")))
                .contains("\"" + code + "\"");
        return new Told(200, List.of(code));
    }

    /** What was told while LaunchDarkly did not answer, and what to wait for when it does. */
    private record Held(Told told, Runnable end) {}

    private static Told whileLaunchDarklyWaits(Supplier<Held> scene) {
        CountDownLatch release = new CountDownLatch(1);
        launchDarkly.answer(request -> {
            Latches.await(release);
            return takeAllButRefused(request);
        });
        Held held;
        try {
            held = scene.get();
        } finally {
            release.countDown();
        }
        held.end().run();
        return held.told();
    }

    private static Answer takeAllButRefused(LaunchDarklyStub.Request request) {
        return Answer.of(request.members().contains("refused") ? 400 : 204);
    }

    private static double refusedRequests(ProblemCode code) {
        return bundle.refusedRequests(code) + troubled.refusedRequests(code);
    }

    private static String without(String field) {
        AudienceEvent event = entered("u1");
        event.json().withObject("/context/personas").remove(field);
        return event.toString();
    }

    private static String withValue(String value) {
        return entered("u1").toString().replace("\"vip_customers\":true", "\"vip_customers\":" + value);
    }

    private static String odd(String fields) {
        return "{\"type\":\"odd\",\"userId\":\"u1\",\"context\":{\"personas\":{\"computation_class\":\"audience\","
                + "\"computation_id\":\"odd_1\",\"computation_key\":\"odd\"}}," + fields + "}";
    }

    private static Told events(Object body) {
        return send("/v1/events", "application/json", body.toString());
    }

    private static Told replay(String query, String letter) {
        return send("/v1/dead-letters/replay" + query, "application/x-ndjson", letter);
    }

    private static Told explained(Object event) {
        return send("/v1/explain", "application/json", event.toString());
    }

    private static Told send(String path, String contentType, String body) {
        return send(path, contentType, body.getBytes(UTF_8));
    }

    private static Told send(String path, String contentType, byte[] body) {
        return told(bundle.send(authenticated(path, contentType, body)));
    }

    private static HttpRequest authenticated(String path, String contentType, byte[] body) {
        return bundle.request(path, contentType)
                .header("Authorization", "Bearer " + TOKEN)
                .POST(BodyPublishers.ofByteArray(body))
                .build();
    }

    private static Reply ask(String path) {
        return bundle.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bundle.port() + path))
                .header("Authorization", "Bearer " + TOKEN)
                .build());
    }

    private static String bearer() {
        return "Authorization: Bearer " + TOKEN;
    }

    private static Told raw(String request) {
        return raw(bundle.port(), request);
    }

    private static Told raw(int port, String request) {
        try (RawConnection connection = RawConnection.to(port)) {
            RawConnection.Answer answer = connection.send(request).answer();
            return told(answer.status(), answer.body());
        }
    }

    private static Told told(Reply reply) {
        return told(reply.status(), reply.response().body());
    }

    private static Told told(int status, String body) {
        try {
            JsonNode json = new ObjectMapper().readTree(body);
            return new Told(status, json.findValuesAsText("code"));
        } catch (IOException e) {
            throw new AssertionError(body, e);
        }
    }
}
