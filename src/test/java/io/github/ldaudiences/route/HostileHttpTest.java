package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.github.ldaudiences.fixture.Latches;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LogWatch;
import io.github.ldaudiences.fixture.RawConnection;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent to do harm gets a 4xx or is cut off, and a good request beside it is served as ever. */
@Tag("http")
class HostileHttpTest {

    private static final String EVENT = entered("good").toString();

    private static LogWatch log;
    private static LaunchDarklyStub launchDarkly;
    private static RunningBundle bundle;

    @BeforeAll
    static void startBundle() {
        log = new LogWatch();
        launchDarkly = new LaunchDarklyStub();
        // The same event again and again, each time with a request.
        bundle = RunningBundle.startAgainst(launchDarkly, "audiences.batch.skip-repeats", "false");
    }

    @AfterAll
    static void stopBundle() {
        bundle.close();
        launchDarkly.close();
        log.close();
    }

    @BeforeEach
    void forgetRequests() {
        launchDarkly.requests().clear();
    }

    @AfterEach
    void aGoodRequestIsServedAsEver() {
        assertThat(log.warnings()).allSatisfy(line -> assertThat(line).startsWith("Dead letters written: "));
        launchDarkly.requests().clear();
        assertThat(bundle.post(EVENT).count("delivered")).isEqualTo(1);
        assertThat(launchDarkly.requests()).singleElement().satisfies(request -> {
            assertThat(request.method() + " " + request.path())
                    .isEqualTo("POST /api/v2/segment-targets/segment-audiences");
            assertThat(request.headers().keySet())
                    .containsExactlyInAnyOrder(
                            "Authorization",
                            "Content-type",
                            "Content-length",
                            "Ld-api-version",
                            "User-agent",
                            "Host",
                            "Connection",
                            "Accept-encoding");
            assertThat(launchDarkly.url()).endsWith("//" + request.headers().getFirst("Host"));
            assertThat(request.members()).containsExactly("good");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Expect: 100-continue\r\n"})
    void aHundredMegabytesThatAreAnnouncedGet413(String header) {
        try (RawConnection connection = connect()) {
            connection.send(head("Content-Length: 104857600\r\n" + header));
            assertThat(connection.status()).isEqualTo(413);
        }
    }

    @Test
    void aHundredMegabytesThatComeAllTheSameAreNotKept() {
        try (RawConnection connection = connect()) {
            connection.send(head("Content-Length: 104857600\r\n"));
            byte[] megabyte = new byte[1 << 20];
            for (int sent = 0; sent < 100 && connection.takes(megabyte); sent++) {
                // on it goes
            }
            assertThat(connection.status()).isIn(413, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Expect: 100-continue\r\n"})
    void aHundredMegabytesInChunksGet413(String header) {
        try (RawConnection connection = connect()) {
            connection.send(head("Transfer-Encoding: chunked\r\n" + header));
            if (!header.isEmpty()) {
                assertThat(connection.status()).isEqualTo(100);
            }
            byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            for (int sent = 0; sent < 165; sent++) { // a little more than the limit, or the answer might be lost
                connection.send(chunk);
            }
            assertThat(connection.status()).isEqualTo(413);
        }
    }

    static Stream<String> bodiesThatHoldNothingForLaunchDarkly() {
        return Stream.of(
                "[".repeat(10) + "]".repeat(10),
                "[".repeat(1_000_000),
                "[".repeat(10_000) + "]".repeat(10_000),
                "{\"a\":".repeat(1_000_000),
                "{\"type\":\"identify\",\"a\":" + "[".repeat(1_000_000) + "]".repeat(1_000_000) + "}",
                millionKeys(),
                "{\"type\":\"identify\",\"userId\":1e999999999}",
                with("\"userId\":\"good\"", "\"userId\":" + "9".repeat(1_000_000)),
                with("\"vip_customers\":true", "\"vip_customers\":1e999999999"),
                with("\"vip_customers\":true", "\"vip_customers\":-1e-999999999"),
                "1e999999999",
                "9".repeat(1_000_000),
                "\"" + "\\u0000".repeat(10_000),
                "\u0000".repeat(1_000),
                "{\"batch\":{\"batch\":{\"batch\":[]}}}",
                "{\"batch\":" + "[".repeat(100_000),
                "__proto__");
    }

    private static String millionKeys() {
        StringBuilder keys = new StringBuilder("{\"type\":\"identify\"");
        for (int i = 0; i < 700_000; i++) {
            keys.append(",\"").append(Integer.toString(i, 36)).append("\":0");
        }
        return keys.append('}').toString();
    }

    private static String with(String part, String other) {
        assertThat(EVENT).contains(part);
        return EVENT.replace(part, other);
    }

    @ParameterizedTest
    @MethodSource("bodiesThatHoldNothingForLaunchDarkly")
    void aMonstrousBodyIsRefusedOrItsEventRejected(String body) {
        Reply reply = bundle.post(body);
        assertThat(reply.status()).isIn(200, 400);
        if (reply.status() == 200) {
            assertThat(reply.count("delivered")).isZero();
        }
        assertThat(launchDarkly.requests()).isEmpty();
    }

    @Test
    void aTextOfAnotherEncodingIsRefused() {
        byte[] latin1 = entered("größe").toString().getBytes(StandardCharsets.ISO_8859_1);
        for (byte[] body :
                List.of(EVENT.getBytes(StandardCharsets.UTF_16), EVENT.getBytes(StandardCharsets.UTF_16LE), latin1)) {
            try (RawConnection connection = connect()) {
                connection.send(head("Content-Length: " + body.length + "\r\n")).send(body);
                RawConnection.Answer answer = connection.answer();
                assertThat(answer.status()).isIn(200, 400);
                assertThat(answer.body()).doesNotContain("\"delivered\":1");
            }
        }
        assertThat(launchDarkly.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "gzip, chunked", "chunked, gzip", "identity", "deflate", "xchunked"})
    void aTransferEncodingOtherThanChunkedGets415(String encoding) {
        try (RawConnection connection = connect()) {
            connection.send(head("Transfer-Encoding: " + encoding + "\r\n") + "0\r\n\r\n");
            assertThat(connection.status()).isEqualTo(415);
            assertThat(connection.answer()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: 5, 6\r\n",
                "Content-Length: +5\r\n",
                "Content-Length: -5\r\n",
                "Content-Length: 0x5\r\n",
                "Content-Length: 99999999999999999999\r\n",
                "Content-Length : 5\r\n",
                "Transfer-Encoding : chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding:\u000bchunked\r\n",
                "Content-Length: 5\r\n Transfer-Encoding: chunked\r\n",
                "Host: other\r\nContent-Length: 5\r\n",
                "X: a\nContent-Length: 5\r\n",
                "X: a\rContent-Length: 5\r\n",
                "no colon\r\n"
            })
    void aRequestWhoseEndIsUncertainEndsItsConnection(String headers) {
        try (RawConnection connection = connect()) {
            // What follows would be the body of one reading, and a request of another.
            connection.send(head(headers) + "0\r\n\r\n" + RawConnection.post("/v1/events", EVENT));
            assertThat(connection.status()).isIn(0, 400, 415);
            assertThat(connection.answer()).isNull();
        }
        assertThat(launchDarkly.requests()).isEmpty();
    }

    @Test
    void anOldVersionHasNoChunks() {
        try (RawConnection connection = connect()) {
            connection.send(head("Transfer-Encoding: chunked\r\n").replace("HTTP/1.1", "HTTP/1.0") + "0\r\n\r\n");
            assertThat(connection.status()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST * HTTP/1.1",
                "POST v1/events HTTP/1.1",
                "POST //v1/events HTTP/1.1",
                "POST mailto:a@b HTTP/1.1",
                "POST /%zz HTTP/1.1",
                "POST /v1/events?%zz HTTP/1.1",
                "POST /<script> HTTP/1.1",
                "CONNECT localhost:80 HTTP/1.1",
                "PRI * HTTP/2.0",
                "POST /v1/events",
                "POST /v1/events HTTP/9.9.9",
                "\u0016\u0003\u0001\u0002",
                "GARBAGE"
            })
    void whatIsNoRequestGets400WithoutAnEchoOfIt(String firstLine) {
        try (RawConnection connection = connect()) {
            connection.send(firstLine + "\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
            RawConnection.Answer answer = connection.answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body())
                    .isEqualTo("{\"code\":\"request_not_understood\",\"error\":\"The request cannot be understood.\"}");
            assertThat(answer.headers()).containsEntry("Connection", "close");
        }
    }

    @Test
    void headersAndFirstLinesOfAnySizeAreCutOff() {
        assertThat(answerTo("POST /" + "x".repeat(1_000_000))).isEqualTo(414);
        assertThat(answerTo(head("X: " + "x".repeat(1_000_000)))).isEqualTo(431);
        assertThat(answerTo(head("X: y\r\n".repeat(100_000)))).isEqualTo(431);
        assertThat(answerTo(head("X".repeat(100_000) + ": y\r\n"))).isEqualTo(431);
        assertThat(answerTo(head("Expect: miracles\r\nContent-Length: 5\r\n"))).isEqualTo(417);
    }

    private static int answerTo(String text) {
        try (RawConnection connection = connect()) {
            return connection.send(text).status();
        }
    }

    @Test
    void noHeaderOrParameterSteersTheBundle() {
        String[] headers = {
            "CamelHttpUri: http://attacker.example/",
            "CamelHttpPath: /other",
            "CamelHttpQuery: a=b",
            "CamelHttpRawQuery: a=b",
            "CamelHttpMethod: DELETE",
            "CamelHttpHost: attacker.example",
            "CamelHttpResponseCode: 500",
            "CamelHttpCharacterEncoding: UTF-16",
            "CamelFileName: ../outside",
            "CamelRedeliveryDelay: 100000",
            "CamelRedeliveryMaxCounter: 0",
            "CamelSplitSize: 0",
            "CamelAggregationCompleteAllGroups: true",
            "CamelToDynamicUri: http://attacker.example/",
            "camelhttpuri: http://attacker.example/",
            "breadcrumbId: attacker",
            "Authorization: attacker",
            "LD-API-Version: 1",
            "User-Agent: attacker",
            "Cookie: a=b",
            "X-Forwarded-Host: attacker.example",
            "X-HTTP-Method-Override: DELETE",
            "Retry-After: 100000",
            "Connection: keep-alive, X-Hop",
            "X-Hop: a"
        };
        String query = "?CamelHttpUri=http://attacker.example/&CamelFileName=x&Content-Length=1&Host=attacker.example";
        try (RawConnection connection = connect()) {
            connection.send(RawConnection.post("/v1/events" + query, array(EVENT, "17"), headers));
            RawConnection.Answer answer = connection.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).contains("\"delivered\":1").contains("\"rejected\":1");
            assertThat(answer.headers().toString()).doesNotContain("attacker").doesNotContain("Camel");
        }
        assertThat(launchDarkly.requests()).singleElement().satisfies(request -> {
            assertThat(request.path()).isEqualTo("/api/v2/segment-targets/segment-audiences");
            assertThat(request.headers().entrySet().toString())
                    .doesNotContainIgnoringCase("attacker")
                    .doesNotContainIgnoringCase("camelhttp")
                    .doesNotContain("x-hop", "Cookie");
            assertThat(request.headers().get("Authorization")).containsExactly(LaunchDarklyStub.TOKEN);
        });
    }

    @Test
    void aFormIsABodyLikeAnyOther() {
        String form = "CamelHttpUri=http://attacker.example/&Content-Type=application/json";
        try (RawConnection connection = connect()) {
            connection.send(RawConnection.post("/v1/events", form)
                    .replace("application/json\r\n", "application/x-www-form-urlencoded\r\n"));
            assertThat(connection.status()).isEqualTo(415);
        }
    }

    @Test
    void connectionsThatAreCutInTheMiddleLeaveNothingBehind() {
        String request = RawConnection.post("/v1/events", EVENT);
        for (int length = 1; length < request.length(); length += 7) {
            try (RawConnection connection = connect()) {
                connection.send(request.substring(0, length));
            }
        }
        assertThat(bundle.backlogEvents()).isZero();
        assertThat(launchDarkly.requests()).isEmpty();
    }

    @Test
    void requestsThatDoNotWaitForAnswersGetThemInOrder() {
        CountDownLatch release = new CountDownLatch(1);
        launchDarkly.answer(request -> {
            Latches.await(release);
            return LaunchDarklyStub.Answer.of(204);
        });
        try (RawConnection connection = connect()) {
            connection.send(RawConnection.post("/v1/events", EVENT)
                    + RawConnection.post("/v1/events", "[]")
                    + RawConnection.post("/v1/events", "[")
                    + RawConnection.post("/v1/events", array("{}", "{}")));
            // One of another connection, sent later, overtakes them: the first waits for LaunchDarkly.
            assertThat(bundle.post("[]").status()).isEqualTo(200);
            release.countDown();
            assertThat(connection.answer().body()).contains("\"received\":1");
            assertThat(connection.answer().body()).contains("\"received\":0");
            assertThat(connection.status()).isEqualTo(400);
            assertThat(connection.answer().body()).contains("\"received\":2");
            assertThat(connection.send(RawConnection.post("/v1/events", "[]")).status())
                    .isEqualTo(200);
        } finally {
            release.countDown();
            launchDarkly.answer(request -> LaunchDarklyStub.Answer.of(204));
        }
    }

    @Test
    void thousandsOfConnectionsThatSayNothingHoldUpNobody() {
        List<RawConnection> idle = new ArrayList<>();
        long connections = affordableConnections();
        try {
            for (int i = 0; i < connections; i++) {
                idle.add(connect());
                if (i % 3 == 0) {
                    idle.get(i).send("POST /v1/events HTTP/1.1\r\nHost: ");
                }
                if (i % 100 == 0) {
                    assertThat(bundle.post(EVENT).status()).isEqualTo(200);
                }
            }
            assertThat(bundle.post(EVENT).status()).isEqualTo(200);
        } finally {
            idle.forEach(RawConnection::close);
        }
    }

    /** Both ends of each are files of this process. */
    private static long affordableConnections() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? Math.min(3_000, (system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount()) / 2 - 300)
                : 1_000;
    }

    private static RawConnection connect() {
        return RawConnection.to(bundle.port());
    }

    private static String head(String headers) {
        return "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + headers + "\r\n";
    }
}
