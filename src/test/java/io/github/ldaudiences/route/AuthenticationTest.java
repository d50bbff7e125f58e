package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.RawConnection;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Only a sender that has proven that it may send reaches anything behind the HTTP inbound. */
@Tag("http")
class AuthenticationTest {

    private static final String SECRET = "old-shared-secret";
    private static final String NEXT_SECRET = "next-shared-secret";
    private static final String TOKEN = "token-0123456789";
    private static final String EVENT = entered("u1").toString();
    private static final String REFUSED = "{\"code\":\"unauthorized\",\"error\":\"Unauthorized.\"}";

    private static LaunchDarklyStub launchDarkly;
    private static RunningBundle bundle;

    @BeforeAll
    static void startBundle() {
        launchDarkly = new LaunchDarklyStub();
        bundle = RunningBundle.startAgainst(
                launchDarkly,
                // The same event again and again, each time with a request.
                "audiences.batch.skip-repeats",
                "false",
                "audiences.inbound.http.signature-secrets",
                SECRET + ", " + NEXT_SECRET,
                "audiences.inbound.http.basic-credentials",
                "segment:pass:word,größe:kennwort1",
                "audiences.inbound.http.bearer-tokens",
                TOKEN + ",token-9876543210",
                "audiences.replay",
                "on");
    }

    @AfterAll
    static void stopBundle() {
        bundle.close();
        launchDarkly.close();
    }

    @BeforeEach
    void forgetRequests() {
        launchDarkly.requests().clear();
    }

    @Test
    void aRequestWithoutProofGets401AndIsNotLookedInto() {
        int deadLettersBefore = bundle.deadLetters().size();
        double before = bundle.unauthorizedRequests();
        Reply reply = bundle.post(EVENT);
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.response().body()).isEqualTo(REFUSED);
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
        assertThat(reply.response().headers().allValues("WWW-Authenticate"))
                .containsExactly(
                        "X-Signature realm=\"audiences\"",
                        "Basic realm=\"audiences\", charset=\"UTF-8\"",
                        "Bearer realm=\"audiences\"");
        assertThat(bundle.post("no JSON", "text/plain").status()).isEqualTo(401);
        assertThat(bundle.unauthorizedRequests()).isEqualTo(before + 2);
        assertThat(bundle.failedEvents()).isZero();
        assertThat(bundle.deadLetters()).hasSize(deadLettersBefore);
        assertThat(launchDarkly.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {SECRET, NEXT_SECRET})
    void segmentsSignatureOverTheWholeBodyProvesIt(String secret) throws Exception {
        assertThat(send(EVENT, "X-Signature", sign(secret, EVENT)).count("delivered"))
                .isEqualTo(1);
        assertThat(send(EVENT, "x-signature", sign(secret, EVENT).toUpperCase(Locale.ROOT))
                        .status())
                .isEqualTo(200);
        String umlaut = entered("größe").toString();
        assertThat(send(umlaut, "X-Signature", sign(secret, umlaut)).status()).isEqualTo(200);
        assertThat(launchDarkly.requests()).hasSize(3);
    }

    @Test
    void aSignatureOfAnythingElseProvesNothing() throws Exception {
        String right = sign(SECRET, EVENT);
        for (String wrong : new String[] {
            sign("another-shared-secret", EVENT),
            sign(SECRET, EVENT + " "),
            sign(SECRET, ""),
            "",
            right.substring(1),
            right + "0",
            "sha1=" + right,
            right.replace(right.charAt(0), 'g'),
            right + ", " + right,
            SECRET
        }) {
            assertThat(send(EVENT, "X-Signature", wrong).status()).as(wrong).isEqualTo(401);
        }
        assertThat(send("", "X-Signature", sign(SECRET, EVENT)).status()).isEqualTo(401);
        assertThat(launchDarkly.requests()).isEmpty();
    }

    @Test
    void anArrayOfWhichOnlyTheFirstEventIsSignedNeedsAnotherProof() throws Exception {
        String body = array(EVENT, entered("forged"));
        String signature = sign(SECRET, EVENT);
        assertThat(send(body, "X-Signature", signature).status()).isEqualTo(401);
        assertThat(launchDarkly.requests()).isEmpty();
        Reply reply = send(body, "X-Signature", signature, "Authorization", "Bearer " + TOKEN);
        assertThat(reply.count("delivered")).isEqualTo(2);
        assertThat(send(body, "X-Signature", sign(SECRET, body)).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"segment:pass:word", "größe:kennwort1"})
    void aUserWithAPasswordIsProven(String credentials) {
        assertThat(send(EVENT, "Authorization", basic(credentials)).status()).isEqualTo(200);
        assertThat(send(EVENT, "authorization", basic(credentials).replace("Basic", "bASIC"))
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "segment:pass",
                "segment:pass:word ",
                "Segment:pass:word",
                "segment:",
                "segment",
                "nobody:pass:word",
                ":pass:word",
                "segment:kennwort1",
                "segment:pass:word,größe:kennwort1",
                ":",
                ""
            })
    void anyOtherUserOrPasswordIsNot(String credentials) {
        assertThat(send(EVENT, "Authorization", basic(credentials)).status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer token-012345678",
                "Bearer token-01234567890",
                "Bearer TOKEN-0123456789",
                "Bearer",
                "Bearer ",
                "Bearer token-0123456789,token-9876543210",
                "Bearer token-0123456789 x",
                "token-0123456789",
                "Basic token-0123456789",
                "Basic ***",
                "Digest username=\"segment\""
            })
    void whatIsNeitherATokenNorBasicIsNot(String authorization) {
        assertThat(send(EVENT, "Authorization", authorization).status()).isEqualTo(401);
    }

    @Test
    void eachTokenOfSeveralIsTaken() {
        assertThat(send(EVENT, "Authorization", "Bearer " + TOKEN).status()).isEqualTo(200);
        assertThat(send(EVENT, "Authorization", "bearer token-9876543210").status())
                .isEqualTo(200);
    }

    @Test
    void theLimitsOfWhatIsReadHoldForProvenRequestsAsBefore() {
        assertThat(bundle.send(bundle.request("/v1/events", "application/xml")
                                .header("Authorization", "Bearer " + TOKEN)
                                .POST(BodyPublishers.ofString(EVENT))
                                .build())
                        .status())
                .isEqualTo(415);
        assertThat(send("[", "Authorization", "Bearer " + TOKEN).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/events/",
                "//v1/events",
                "/V1/EVENTS",
                "/v1/events;x=1",
                "/v1/%65vents",
                "/v1/../v1/events",
                "/v1/./events",
                "/sandbox/../v1/events",
                "/v1/events?x",
                "/v1/events?Authorization=Bearer%20token-0123456789",
                "/v1/events?X-Signature=x#/v1/events",
                "http://localhost/v1/events",
                "https://localhost:1/v1/events",
                "/anything:%port%/v1/events",
                "http://localhost:%port%/v1/events",
                "*",
                "v1/events",
                ""
            })
    void noPathGetsPastIt(String path) {
        String target = path.replace("%port%", Integer.toString(bundle.port()));
        try (RawConnection connection = RawConnection.to(bundle.port())) {
            connection.send(RawConnection.post(target, EVENT));
            assertThat(connection.status()).isIn(400, 401);
        }
        assertThat(launchDarkly.requests()).isEmpty();
    }

    /** On and off, known and unknown, and spelled otherwise. */
    private static final List<String> PATHS = List.of(
            "/v1/events",
            "/v1/dead-letters/replay",
            "/v1/explain",
            "/v1/memberships",
            "/v1/resync",
            "/sandbox/segments",
            "/",
            "/v1",
            "/nothing",
            "/-/unrouted",
            "/v1/events/",
            "/V1/EVENTS",
            "/v1/events;x=1",
            "/v1/%65vents",
            "/v1//events",
            "/v1/./events",
            "/v1/events/more",
            "/v1/events%3F",
            "/x:%port%/v1/events");

    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "LOCK", "post");

    @Test
    void withoutProofEveryMethodOnEveryPathGetsTheSameAnswer() {
        Set<String> answers = new HashSet<>();
        double before = bundle.unauthorizedRequests();
        try (RawConnection connection = RawConnection.to(bundle.port())) {
            for (String path : PATHS) {
                for (String method : METHODS) {
                    RawConnection.Answer answer = ask(connection, method, path);
                    assertThat(answer).as(method + " " + path).isNotNull();
                    answers.add(answer.status() + " " + answer.headers() + " "
                            + (method.equals("HEAD") ? REFUSED : answer.body()));
                }
            }
        }
        assertThat(answers)
                .singleElement()
                .asString()
                .startsWith("401 ")
                .contains("WWW-Authenticate=")
                .endsWith(REFUSED);
        assertThat(bundle.unauthorizedRequests()).isEqualTo(before + PATHS.size() * METHODS.size());
    }

    @Test
    void withProofTheAnswerSaysWhatIsThere() {
        try (RawConnection connection = RawConnection.to(bundle.port())) {
            for (String path : PATHS) {
                boolean there = path.equals("/v1/events") || path.equals("/v1/dead-letters/replay");
                for (String method : METHODS) {
                    if (there && method.equals("POST")) {
                        continue;
                    }
                    RawConnection.Answer answer = ask(connection, method, path, "Authorization: Bearer " + TOKEN);
                    assertThat(answer).as(method + " " + path).isNotNull();
                    assertThat(answer.status()).as(method + " " + path).isEqualTo(there ? 405 : 404);
                    assertThat(answer.headers().get("Allow")).isEqualTo(there ? "POST" : null);
                    assertThat(answer.headers()).containsEntry("Connection", "keep-alive");
                }
            }
            connection.send(RawConnection.post("/v1/events", "[]", "Authorization: Bearer " + TOKEN));
            assertThat(connection.status()).isEqualTo(200);
        }
    }

    private static RawConnection.Answer ask(RawConnection connection, String method, String path, String... headers) {
        connection.send(
                RawConnection.request(method, path.replace("%port%", Integer.toString(bundle.port())), headers));
        return method.equals("HEAD") ? connection.answerToHead() : connection.answer();
    }

    @Test
    void theQueryDoesNotLeadToAnotherPath() {
        String target = "/v1/events?next=:" + bundle.port() + "/v1/dead-letters/replay";
        try (RawConnection connection = RawConnection.to(bundle.port())) {
            connection.send(RawConnection.post(target, "[]", "Authorization: Bearer " + TOKEN));
            RawConnection.Answer answer = connection.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).contains("\"received\":0");
        }
    }

    @Test
    void aSignatureProvesARequestOnAnyPath() throws Exception {
        try (RawConnection connection = RawConnection.to(bundle.port())) {
            connection.send(RawConnection.post("/nothing", EVENT, "X-Signature: " + sign(SECRET, EVENT)));
            assertThat(connection.status()).isEqualTo(404);
            connection.send(RawConnection.post("/nothing", EVENT, "X-Signature: " + sign(SECRET, "")));
            assertThat(connection.status()).isEqualTo(401);
        }
    }

    @Test
    void aStoppedOrSuspendedRouteAsksForTheSameProof() throws Exception {
        bundle.context().getRouteController().suspendRoute("inbound-http");
        assertThat(bundle.post(EVENT).status()).isEqualTo(401);
        assertThat(send(EVENT, "Authorization", "Bearer " + TOKEN).status()).isEqualTo(503);
        bundle.context().getRouteController().stopRoute("inbound-http");
        assertThat(bundle.post(EVENT).status()).isEqualTo(401);
        assertThat(send(EVENT, "Authorization", "Bearer " + TOKEN).status()).isEqualTo(503);
        bundle.context().getRouteController().startRoute("inbound-http");
        assertThat(send(EVENT, "Authorization", "Bearer " + TOKEN).status()).isEqualTo(200);
    }

    @Test
    void whereOnlyTheInboundListensNothingElseIsAnsweredEither() {
        int port = FreePort.find();
        try (RunningBundle elsewhere = RunningBundle.startAgainst(
                launchDarkly,
                "audiences.inbound.http.bearer-tokens",
                TOKEN,
                "audiences.inbound.http.uri",
                "netty-http:http://127.0.0.1:" + port + "/v1/events?bridgeEndpoint=true")) {
            for (String head : List.of("OPTIONS /v1/events", "GET /V1/EVENTS", "POST /", "TRACE /v1/events")) {
                try (RawConnection connection = RawConnection.to(port)) {
                    connection.send(head + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
                    assertThat(connection.status()).as(head).isEqualTo(401);
                }
            }
            try (RawConnection connection = RawConnection.to(port)) {
                connection.send(RawConnection.post("/v1/events", "[]", "Authorization: Bearer " + TOKEN));
                assertThat(connection.status()).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-HTTP-Method-Override: POST",
                "CamelHttpMethod: POST",
                "CamelAuthentication: Basic",
                "Authorization:\r\nAuthorization: Basic",
                "Authorization: Bearer token-0123456789\r\nAuthorization: Bearer token-0123456789",
                "Authorization: Bearer token-0123456789\r\nauthorization: Basic x",
                "Proxy-Authorization: Bearer token-0123456789",
                "Authorization : Bearer token-0123456789",
                "Authorization: Bearer\r\n token-wrong",
                "Cookie: Authorization=Bearer token-0123456789"
            })
    void noHeaderGetsPastIt(String headers) {
        for (String method : new String[] {"POST", "PUT", "GET", "post"}) {
            try (RawConnection connection = RawConnection.to(bundle.port())) {
                connection.send(RawConnection.post("/v1/events", EVENT, headers).replaceFirst("POST", method));
                assertThat(connection.status()).as(method).isIn(0, 400, 401, 405);
            }
        }
        assertThat(launchDarkly.requests()).isEmpty();
    }

    @Test
    void aProofInTheUrlIsNone() throws Exception {
        try (RawConnection connection = RawConnection.to(bundle.port())) {
            connection.send(RawConnection.post("/v1/events?X-Signature=" + sign(SECRET, EVENT), EVENT));
            assertThat(connection.status()).isEqualTo(401);
        }
    }

    @Test
    void theCaseOfHeadersDoesNotMatter() {
        try (RawConnection connection = RawConnection.to(bundle.port())) {
            connection.send(RawConnection.post("/v1/events", EVENT, "aUTHORIZATION: Bearer " + TOKEN));
            assertThat(connection.status()).isEqualTo(200);
        }
    }

    @Test
    void theProofReachesNeitherLaunchDarklyNorADeadLetter() {
        assertThat(send(array(EVENT, "17"), "Authorization", "Bearer " + TOKEN).count("delivered"))
                .isEqualTo(1);
        assertThat(launchDarkly.requests()).hasSize(1).allSatisfy(request -> {
            assertThat(request.headers().get("Authorization")).containsExactly(LaunchDarklyStub.TOKEN);
            assertThat(request.headers()).doesNotContainKey("X-signature");
        });
        assertThat(bundle.deadLetters()).isNotEmpty().allSatisfy(line -> assertThat(line.toString())
                .doesNotContain(TOKEN));
    }

    @Test
    void theSandboxAsksForTheSameProof() {
        try (RunningBundle sandboxed = RunningBundle.start("audiences.inbound.http.bearer-tokens", TOKEN)) {
            HttpRequest.Builder request = sandboxed.request("/sandbox/segments", "application/json");
            assertThat(sandboxed.send(request.build()).response().body()).isEqualTo(REFUSED);
            Reply reply = sandboxed.send(
                    request.header("Authorization", "Bearer " + TOKEN).build());
            assertThat(reply.json().has("segments")).isTrue();
            for (String method : METHODS) {
                try (RawConnection connection = RawConnection.to(sandboxed.port())) {
                    RawConnection.Answer answer = ask(connection, method, "/sandbox/segments");
                    assertThat(answer.status()).as(method).isEqualTo(401);
                }
            }
            HttpRequest.Builder options = sandboxed.request("/sandbox/segments", "application/json");
            options.method("OPTIONS", BodyPublishers.noBody()).header("Authorization", "Bearer " + TOKEN);
            Reply refused = sandboxed.send(options.build());
            assertThat(refused.status()).isEqualTo(405);
            assertThat(refused.header("Allow")).isEqualTo("DELETE, GET, HEAD, PATCH, POST, PUT");
        }
    }

    @Test
    void withAuthenticationItMayListenOnAnyAddress() {
        try (RunningBundle open = RunningBundle.start(
                "audiences.inbound.http.host", "0.0.0.0",
                "audiences.inbound.http.basic-credentials", "segment:password")) {
            assertThat(open.post(EVENT).status()).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "signature-secrets | hidden-short",
                "signature-secrets | hidden-and-long-enough,",
                "signature-secrets | ,hidden-and-long-enough",
                "basic-credentials | hidden-without-colon",
                "basic-credentials | hidden:short",
                "basic-credentials | :hidden-password",
                "basic-credentials | hidden:",
                "bearer-tokens     | hidden-token with space",
                "bearer-tokens     | hidden-token-1234567890,,hidden-token-1234567890"
            })
    void secretsThatCannotBeUsedEndTheStartAndAreNotShown(String property, String value) {
        String key = "audiences.inbound.http." + property;
        assertThatThrownBy(() -> RunningBundle.start(key, value).close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(key + " has a value that is not allowed; allowed is ")
                .hasMessageNotContaining("hidden");
    }

    private static Reply send(String body, String... headers) {
        return bundle.send(bundle.request("/v1/events", "application/json")
                .headers(headers)
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    private static String sign(String secret, String body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
        return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }
}
