package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static io.github.ldaudiences.fixture.AudienceEvent.identify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.command.status.StatusCommand;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.Latches;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.RawConnection;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the console on the management server shows, and to whom. */
@Tag("observe")
class ConsoleTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PORT = FreePort.find();
    private static final LaunchDarklyStub LAUNCHDARKLY = new LaunchDarklyStub();
    private static RunningBundle bundle;

    @BeforeAll
    static void start() {
        bundle = RunningBundle.startAgainst(
                LAUNCHDARKLY,
                "camel.management.port",
                Integer.toString(PORT),
                "audiences.mapping.the-second.enabled",
                "false",
                "audiences.mapping.the-second.destination",
                "launchdarkly");
    }

    @AfterAll
    static void stop() {
        bundle.close();
        LAUNCHDARKLY.close();
    }

    @Test
    void theStatusShowsWhatHasBecomeOfEvents() {
        JsonNode before = status();
        bundle.post(array(entered("u1"), entered("u2"), "{\"type\":\"page\"}"));
        JsonNode status = status();

        assertThat(grown(before, status, "/events/delivered")).isEqualTo(2);
        assertThat(grown(before, status, "/events/skipped")).isEqualTo(1);
        assertThat(grown(before, status, "/mappings/0/mapped")).isEqualTo(2);
        assertThat(status.at("/inbounds").toString()).isEqualTo("[\"http\"]");
        assertThat(status.at("/mappings/0/id").asText()).isEqualTo("sync-engage-audience");
        assertThat(status.at("/mappings/0/state").asText()).isEqualTo("on");
        assertThat(status.at("/mappings/0/audience").asText()).contains("computation_id");
        assertThat(status.at("/mappings/1/state").asText()).isEqualTo("off");
        assertThat(status.at("/destinations/0/state").asText()).isEqualTo("taking");
        assertThat(status.at("/destinations/0/clientSideId").asText()).isEqualTo("test-client-id");
        assertThat(status.at("/deadLetter/kind").asText()).isEqualTo("file");
        assertThat(status.path("store").isNull()).isTrue();
        assertThat(status.toString()).doesNotContain(LaunchDarklyStub.TOKEN);
    }

    @Test
    void theRateOfEventsIsSeenWhileTheyCome() {
        await().untilAsserted(() -> {
            bundle.post(entered("u3").toString());
            assertThat(status().path("eventsPerSecond").asDouble()).isPositive();
        });
    }

    @Test
    void whatIsUnderWayIsShownWithItsAudience() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        LAUNCHDARKLY.answer(request -> {
            arrived.countDown();
            Latches.await(release);
            return Answer.of(204);
        });
        CompletableFuture<Reply> reply = bundle.postAsync(array(
                identify("aud_way", "on_its_way", true).user("u1"),
                identify("aud_way", "on_its_way", true).user("u2")));
        arrived.await();

        JsonNode status = status();
        JsonNode batch = status.at("/oldestBatches/0");
        assertThat(batch.path("audienceId").asText()).isEqualTo("aud_way");
        assertThat(batch.path("audienceKey").asText()).isEqualTo("on_its_way");
        assertThat(batch.path("members").asInt()).isEqualTo(2);
        assertThat(batch.path("attempts").asInt()).isEqualTo(1);
        assertThat(batch.path("state").asText()).isEqualTo("sending");
        assertThat(status.at("/backlog/events").asInt()).isEqualTo(2);

        release.countDown();
        assertThat(reply.join().status()).isEqualTo(200);
        LAUNCHDARKLY.answer(request -> Answer.of(204));
    }

    @Test
    void aFailingDestinationSaysWhyAndTheErrorIsKeptWhenItIsOver() {
        LAUNCHDARKLY.answer(request -> new Answer(500, "{\"message\":\"out of order\"}", "X-Any", "1"));
        CompletableFuture<Reply> reply =
                bundle.postAsync(identify("aud_fails", "fails", true).user("u1").toString());
        await().untilAsserted(() -> {
            JsonNode destination = status().at("/destinations/0");
            assertThat(destination.path("state").asText()).isEqualTo("failing");
            assertThat(destination.path("problem").asText()).contains("out of order");
            assertThat(destination.hasNonNull("since")).isTrue();
        });
        LAUNCHDARKLY.answer(request -> Answer.of(204));
        assertThat(reply.join().status()).isEqualTo(200);

        JsonNode destination = status().at("/destinations/0");
        assertThat(destination.path("state").asText()).isEqualTo("taking");
        assertThat(destination.path("problem").isNull()).isTrue();
        assertThat(destination.path("lastError").asText()).contains("500", "out of order");
    }

    @Test
    void theRateLimitThatLaunchDarklyNamesIsShown() {
        LAUNCHDARKLY.answer(request -> Answer.of(204)
                .and("X-Ratelimit-Route-Remaining", "4711")
                .and("X-Ratelimit-Reset", Long.toString(System.currentTimeMillis() + 20_000)));
        bundle.post(identify("aud_limit", "limit", true).user("u1").toString());
        LAUNCHDARKLY.answer(request -> Answer.of(204));

        JsonNode limit = status().at("/destinations/0/rateLimit");
        assertThat(limit.path("left").asInt()).isEqualTo(4711);
        assertThat(limit.path("resetsAt").asText()).endsWith("Z");
        assertThat(limit.path("waitingUntil").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1:9876", "LOCALHOST:1", "[::1]:9876", "127.1.2.3"})
    void aHostThatIsThisMachineIsAnswered(String host) {
        assertThat(get("/console/api/status", "Host: " + host).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "evil.example:9876",
                "127.0.0.1@evil.example",
                "10.0.0.1",
                "[::2]"
            })
    void anotherHostIsRefusedForItMayBeASiteThatResolvesToThisMachine(String host) {
        RawConnection.Answer answer = get("/console/api/status", "Host: " + host);
        if (answer.status() != 400) { // which Vert.x answers to what is no host at all
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.body()).contains("\"code\":\"forbidden\"");
        }
    }

    @Test
    void noHostAndTwoHostsAreRefused() {
        assertThat(get("/console/api/status").status()).isIn(400, 403);
        assertThat(get("/console/api/status", "Host: localhost", "Host: evil.example")
                        .status())
                .isIn(400, 403);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Origin: http://evil.example",
                "Origin: null",
                "Origin: http://localhost:3000",
                "Origin: http://localhost.evil.example",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site"
            })
    void whatAPageOfAnotherSiteSendsIsRefused(String header) {
        assertThat(get("/console/api/status", "Host: localhost:9876", header).status())
                .isEqualTo(403);
    }

    @Test
    void whatTheConsolesOwnPageSendsIsAnswered() {
        assertThat(get(
                                "/console/api/status",
                                "Host: localhost:9876",
                                "Origin: http://localhost:9876",
                                "Sec-Fetch-Site: same-origin")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aLinkFromAnotherSiteLeadsToThePageButNotToTheApi() {
        String[] link = {
            "Host: localhost", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"
        };
        assertThat(get("/console/nothing-here", link).status()).isEqualTo(404);
        assertThat(get("/console/api/status", link).status()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/console/api/", "/console/api/statuses", "/console/api/../api/stat", "/console/x"})
    void whatIsNotThereIsAnsweredAsJson(String path) {
        RawConnection.Answer answer = get(path, "Host: localhost");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.headers().get("Content-Type")).isEqualTo("application/json");
        assertThat(answer.headers().get("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.body()).contains("\"code\":\"not_found\"");
    }

    @Test
    void theGuardStandsBeforeEachSpellingOfAPath() {
        for (String path : new String[] {
            "/console/api/status",
            "//console/api/status",
            "/observe/../console/api/status",
            "/%63onsole/api/status",
            "/console/api/%73tatus",
            "/console/./api/status"
        }) {
            assertThat(get(path, "Host: evil.example").status()).as(path).isIn(403, 404);
        }
    }

    @Test
    void otherMethodsAndUnknownParametersAreRefused() throws IOException {
        RawConnection.Answer answer = raw(RawConnection.post("/console/api/status", "{}"));
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.headers().get("Allow")).isEqualTo("GET");
        assertThat(JSON.readTree(answer.body()).path("code").asText()).isEqualTo("method_not_allowed");
        assertThat(get("/console/api/status?x=1", "Host: localhost").status()).isEqualTo(400);
        assertThat(get("/console/api/status?%zz", "Host: localhost").status()).isEqualTo(400);
    }

    @Test
    void theCommandStatusPrintsTheDocumentForATerminalOrAsJson() throws IOException {
        bundle.post(entered("u1").toString());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        assertThat(status("http://127.0.0.1:" + PORT + "/", out, err))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .containsPattern("Inbounds +http")
                .containsPattern("Events +[0-9]+ delivered, ")
                .containsPattern("sync-engage-audience +on +launchdarkly")
                .containsPattern("the-second +off +launchdarkly")
                .contains("takes requests", "test-client-id")
                .doesNotContain(LaunchDarklyStub.TOKEN);
        out.reset();
        assertThat(status("http://127.0.0.1:" + PORT, out, err, "--json")).isZero();
        assertThat(JSON.readTree(out.toString()).at("/destinations/0/state").asText())
                .isEqualTo("taking");
        assertThat(status("http://127.0.0.1:1", out, err)).isEqualTo(2);
        assertThat(err.toString()).contains("http://127.0.0.1:1 cannot be asked");
    }

    private static int status(String url, OutputStream out, OutputStream err, String... more) {
        return new CommandLine(new StatusCommand(
                        bundle::settings, () -> url, new PrintStream(out, true), new PrintStream(err, true)))
                .execute(more);
    }

    @Test
    void onAnotherAddressThanLoopbackTheConsoleNeedsCredentials() {
        int port = FreePort.find();
        try (RunningBundle open = RunningBundle.start(
                "camel.management.host",
                "0.0.0.0",
                "camel.management.port",
                Integer.toString(port),
                "audiences.inbound.http.bearer-tokens",
                "0123456789abcdef",
                "audiences.inbound.http.signature-secrets",
                "a-secret-of-segment")) {
            RawConnection.Answer refused = raw(port, request("/console/api/status", "Host: any.example"));
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.headers().get("WWW-Authenticate")).startsWith("Bearer");
            assertThat(raw(port, request("/console/x", "Host: any.example")).status())
                    .as("the page, too")
                    .isEqualTo(401);
            assertThat(raw(
                                    port,
                                    request(
                                            "/console/api/status",
                                            "Host: any.example",
                                            "Authorization: Bearer 0123456789abcdef"))
                            .status())
                    .isEqualTo(200);
            assertThat(raw(
                                    port,
                                    request(
                                            "/console/api/status",
                                            "Host: any.example",
                                            "Origin: https://evil.example",
                                            "Authorization: Bearer 0123456789abcdef"))
                            .status())
                    .isEqualTo(403);
        }
    }

    @Test
    void onAnotherAddressWithoutCredentialsThereIsNoConsole() {
        int port = FreePort.find();
        try (RunningBundle open = RunningBundle.start(
                "camel.management.host", "0.0.0.0", "camel.management.port", Integer.toString(port))) {
            assertThat(raw(port, request("/console/api/status", "Host: localhost"))
                            .status())
                    .isEqualTo(404);
            assertThat(raw(port, request("/observe/health", "Host: localhost")).status())
                    .isEqualTo(200);
        }
    }

    private static JsonNode status() {
        Reply reply = bundle.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + "/console/api/status"))
                .build());
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
        assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
        return reply.json();
    }

    private static long grown(JsonNode before, JsonNode after, String field) {
        return after.at(field).asLong() - before.at(field).asLong();
    }

    private static RawConnection.Answer get(String target, String... headers) {
        return raw(request(target, headers));
    }

    private static String request(String target, String... headers) {
        return "GET " + target + " HTTP/1.1\r\n" + String.join("\r\n", headers) + (headers.length > 0 ? "\r\n" : "")
                + "\r\n";
    }

    private static RawConnection.Answer raw(String request) {
        return raw(PORT, request);
    }

    private static RawConnection.Answer raw(int port, String request) {
        try (RawConnection connection = RawConnection.to(port)) {
            return connection.send(request).answer();
        }
    }
}
