package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.delivery.DeliveryFailure;
import io.github.ldaudiences.fixture.Certificates;
import io.github.ldaudiences.fixture.LogWatch;
import io.github.ldaudiences.fixture.RawServer;
import io.github.ldaudiences.fixture.RawServer.Answer;
import io.github.ldaudiences.fixture.RawServer.End;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer counts only if it is whole by HTTP's own framing, and each request gets its own. */
@Tag("http")
class WholeAnswersTest {

    private static final String NO_CONTENT = "HTTP/1.1 204 No Content\r\nAge: 1\r\n\r\n";
    private static final String BODY_OF_KNOWN_LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue";
    private static final String CHUNKED_BODY =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n01\r\n{\r\n1;a=b\r\n}\r\n00\r\nAge: 1\r\n\r\n";
    private static final String BUSY = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";

    private enum Transport {
        PLAIN,
        TLS
    }

    @TempDir
    static Path folder;

    private static RawServer plain;
    private static RawServer encrypted;
    private static RunningBundle overPlain;
    private static RunningBundle overTls;
    private static ProducerTemplate plainSender;
    private static ProducerTemplate tlsSender;

    @BeforeAll
    static void start() throws Exception {
        Certificates certificates = new Certificates(folder);
        Path keys = certificates.keyPair("launchdarkly", "PKCS12");
        plain = new RawServer(null);
        encrypted = new RawServer(Certificates.context(keys, null));
        overPlain = bundle(plain);
        overTls = bundle(
                encrypted,
                "camel.ssl.enabled",
                "true",
                "camel.ssl.trustStore",
                "file:" + certificates.certificateOf("launchdarkly"),
                "camel.ssl.trustStorePassword",
                Certificates.PASSWORD,
                "camel.component.https.useGlobalSslContextParameters",
                "true");
        plainSender = overPlain.context().createProducerTemplate();
        tlsSender = overTls.context().createProducerTemplate();
    }

    @AfterAll
    static void stop() {
        overPlain.close();
        overTls.close();
        plain.close();
        encrypted.close();
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerThatIsCutAnywhereIsAFailureThatPasses(Transport transport) {
        AtomicInteger attempts = new AtomicInteger();
        List<String> wrong = new ArrayList<>();
        for (String whole : List.of(NO_CONTENT, BODY_OF_KNOWN_LENGTH, CHUNKED_BODY)) {
            for (int length = 0; length < whole.length(); length++) {
                for (End end : List.of(End.CLOSE, End.RESET)) {
                    Answer cut = Answer.of(whole).cut(length, end);
                    String outcome = attempt(transport, cut);
                    if (!outcome.startsWith("TRANSIENT")) {
                        wrong.add(outcome + " after " + cut);
                    }
                    attempts.incrementAndGet();
                }
            }
            assertThat(attempt(transport, new Answer(whole, End.CLOSE))).startsWith("answered 20");
        }
        assertThat(wrong).isEmpty();
        assertThat(attempts).hasValueGreaterThan(300);
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerThatBreaksOffIsExplainedInASentence(Transport transport) {
        assertThat(attempt(transport, Answer.of(NO_CONTENT).cut(15, End.CLOSE)))
                .isEqualTo(
                        "TRANSIENT LaunchDarkly gave no complete answer: the connection was closed before the end of its"
                                + " head");
        assertThat(attempt(
                        transport, Answer.of(BODY_OF_KNOWN_LENGTH).cut(BODY_OF_KNOWN_LENGTH.length() - 1, End.CLOSE)))
                .isEqualTo(
                        "TRANSIENT LaunchDarkly gave no complete answer: the connection was closed before the end of its"
                                + " body");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 +204 No Content\r\n\r\n",
                "HTTP/1.1 -204 No Content\r\n\r\n",
                "HTTP/1.1 0204 No Content\r\n\r\n",
                "HTTP/1.1 20 No Content\r\n\r\n",
                "HTTP/1.1 020 No Content\r\n\r\n",
                "HTTP/1.1 2040 No Content\r\n\r\n",
                "HTTP/1.1 204x No Content\r\n\r\n",
                "HTTP/1.1 2 04\r\n\r\n",
                "HTTP/1.1 No Content\r\n\r\n",
                "HTTP/1.1\r\n\r\n",
                "HTTP/1.1  204 No Content\r\n\r\n",
                "HTTP/11 204 No Content\r\n\r\n",
                "HTTP/2.0 204 No Content\r\n\r\n",
                "ICY 204 No Content\r\n\r\n",
                "204 No Content\r\n\r\n",
                " HTTP/1.1 204 No Content\r\n\r\n",
                "\r\nHTTP/1.1 204 No Content\r\n\r\n",
                "\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
                "garbage\r\nHTTP/1.1 204 No Content\r\n\r\n",
                "{}HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 204 No Content\r\nno header\r\n\r\n",
                "HTTP/1.1 204 No Content\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 1\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2, 1\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: -0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2g\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n;a\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nno trailer\r\n\r\n",
                // Nothing tells whether the body of such a success is whole, for the end of the connection ends it.
                "HTTP/1.1 200 OK\r\n\r\nok",
                "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\n",
            })
    void whatIsNotOneAnswerOfHttpIsAFailureThatPasses(String text) {
        for (End end : List.of(End.KEEP, End.CLOSE)) {
            assertThat(attempt(Transport.PLAIN, new Answer(text, end)))
                    .startsWith("TRANSIENT LaunchDarkly gave no complete answer: ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204\r\n\r\n",
                "HTTP/1.1 204 \r\n\r\n",
                "HTTP/1.0 204 No Content\r\n\r\n",
                "HTTP/1.1 204 No Content\n\n",
                "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 204 Caf\u00e9 \u0085\r\nX-Folded: a\r\n b\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length:   2  \r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0002 ; a=b\r\nok\r\n0\r\n\r\n",
            })
    void whatIsWholeCounts(String text) {
        assertThat(attempt(Transport.PLAIN, Answer.of(text))).startsWith("answered 20");
    }

    /** The head is whole, so the status is known. It acknowledges nothing, and says more than that the body may not be. */
    @Test
    void theStatusOfARefusalCountsThoughTheEndOfTheConnectionEndsItsBody() {
        assertThat(attempt(Transport.PLAIN, new Answer("HTTP/1.0 403 Forbidden\r\n\r\nby the proxy", End.CLOSE)))
                .isEqualTo("REFUSED_ACCESS LaunchDarkly answered 403: by the proxy");
    }

    private static Stream<Arguments> unaskedBytes() {
        return Stream.of(Transport.values())
                .flatMap(transport -> Stream.of(NO_CONTENT, BODY_OF_KNOWN_LENGTH, CHUNKED_BODY)
                        .flatMap(first -> Stream.of(NO_CONTENT, BODY_OF_KNOWN_LENGTH, "\r\n", "{}", "HTTP/1.1 2")
                                .map(unasked -> Arguments.of(transport, first, unasked))));
    }

    @ParameterizedTest
    @MethodSource("unaskedBytes")
    void whatComesAlongWithAnAnswerIsNotTakenForTheNextOne(Transport transport, String first, String unasked) {
        assertThat(attempt(transport, Answer.of(first + unasked))).startsWith("answered 20");
        assertTheNextRequestGetsItsOwnAnswerOverANewConnection(transport);
    }

    @ParameterizedTest
    @MethodSource("unaskedBytes")
    void whatComesWhileAConnectionIsIdleIsNotTakenForTheNextAnswer(Transport transport, String first, String unasked) {
        assertThat(attempt(transport, Answer.of(first))).startsWith("answered 20");
        server(transport).writeUnasked(unasked);
        assertTheNextRequestGetsItsOwnAnswerOverANewConnection(transport);
    }

    private static void assertTheNextRequestGetsItsOwnAnswerOverANewConnection(Transport transport) {
        List<RawServer.Request> requests = server(transport).requests();
        int before = requests.get(requests.size() - 1).connection();
        assertThat(attempt(transport, Answer.of(BUSY))).isEqualTo("TRANSIENT LaunchDarkly answered 503");
        assertThat(requests.get(requests.size() - 1).connection()).isGreaterThan(before);
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionOnWhichNothingWaitsIsUsedAgain(Transport transport) {
        for (String answer : List.of(NO_CONTENT, BODY_OF_KNOWN_LENGTH, CHUNKED_BODY, BUSY, NO_CONTENT)) {
            attempt(transport, Answer.of(answer));
        }
        List<RawServer.Request> requests = server(transport).requests();
        assertThat(requests.subList(requests.size() - 5, requests.size()).stream()
                        .map(RawServer.Request::connection)
                        .distinct())
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void aCallerGetsItsAnswerOnlyAfterLaunchDarklyGaveAWholeOne(Transport transport) {
        List<Answer> cuts = List.of(
                Answer.of(NO_CONTENT).cut(0, End.CLOSE),
                Answer.of(NO_CONTENT).cut(15, End.CLOSE),
                Answer.of(NO_CONTENT).cut(NO_CONTENT.length() - 1, End.CLOSE),
                Answer.of(NO_CONTENT).cut(NO_CONTENT.length() - 2, End.RESET),
                Answer.of(BODY_OF_KNOWN_LENGTH).cut(20, End.RESET),
                Answer.of(CHUNKED_BODY).cut(CHUNKED_BODY.indexOf("00\r\n") + 1, End.CLOSE));
        AtomicInteger attempts = new AtomicInteger();
        AtomicBoolean whole = new AtomicBoolean();
        server(transport).answer(request -> {
            int attempt = attempts.getAndIncrement();
            return whole.get() ? Answer.of(NO_CONTENT) : cuts.get(attempt % cuts.size());
        });
        RunningBundle bundle = transport == Transport.PLAIN ? overPlain : overTls;

        try (LogWatch log = new LogWatch()) {
            CompletableFuture<Reply> reply = bundle.postAsync(entered("u1").toString());
            await().atMost(Duration.ofMinutes(1)).until(() -> attempts.get() > cuts.size());
            assertThat(reply).isNotDone();

            whole.set(true);
            assertThat(reply.join().count("delivered")).isEqualTo(1);
            assertThat(bundle.deadLetters()).isEmpty();
            assertThat(log.warnings()).anySatisfy(line -> assertThat(line)
                    .endsWith("LaunchDarkly gave no complete answer: the connection was closed before the end of"
                            + " its head. The batch is retried."));
        }
    }

    @Test
    void aCallerWhoseDeadlinePassesIsToldToSendItsEventsAgain() {
        try (RawServer server = new RawServer(null);
                RunningBundle bundle = bundle(server, "audiences.inbound.http.reply-timeout-ms", "500")) {
            server.answer(request -> Answer.of(NO_CONTENT).cut(15, End.CLOSE));
            assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(503);
            assertThat(bundle.deadLetters()).isEmpty();
        }
    }

    @Test
    void aCheckOfCredentialsWhoseAnswerBreaksOffIsMadeAgain() {
        String known = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        AtomicInteger environment = new AtomicInteger();
        AtomicInteger token = new AtomicInteger();
        try (RawServer server = new RawServer(null);
                LogWatch log = new LogWatch()) {
            server.answer(request -> {
                AtomicInteger asked = request.line().startsWith("HEAD") ? environment : token;
                return asked.incrementAndGet() <= 2 ? Answer.of(known).cut(17, End.CLOSE) : Answer.of(known);
            });
            try (RunningBundle bundle = bundle(
                    server, "audiences.check-credentials", "start", "audiences.delivery.probe-interval-ms", "50")) {
                // Each way is cut twice, and the environment is asked for before the token.
                await().atMost(Duration.ofMinutes(1)).until(() -> token.get() == 3);
                assertThat(environment).hasValue(5);
                assertThat(bundle.problem("access-to-launchdarkly")).isNull();
            }
            assertThat(log.warnings())
                    .contains("Destination launchdarkly: environment and service token could not be checked:"
                            + " LaunchDarkly gave no complete answer: the connection was closed before the end of its"
                            + " head.");
        }
    }

    /** The clients of delivery and of both checks, and the one with which the sandbox is shown. */
    @Test
    void everyHttpClientOfTheRoutesTakesOnlyWholeAnswers() throws IOException {
        try (RunningBundle bundle = RunningBundle.start("audiences.check-credentials", "start")) {
            List<HttpEndpoint> endpoints = bundle.context().getEndpoints().stream()
                    .filter(HttpEndpoint.class::isInstance)
                    .map(HttpEndpoint.class::cast)
                    .toList();
            assertThat(endpoints.stream()
                            .map(endpoint -> endpoint.getHttpUri().getPath().replaceFirst("(goals)/.*", "$1")))
                    .containsExactlyInAnyOrder(
                            "/sandbox", "/sdk/goals", "/api/v2/versions", "/api/v2/segment-targets/segment-audiences");
            for (HttpEndpoint endpoint : endpoints) {
                for (int length = 0; length < NO_CONTENT.length(); length++) {
                    plain.answer(always(Answer.of(NO_CONTENT).cut(length, End.CLOSE)));
                    assertThat(status(endpoint.getHttpClient()))
                            .as("%s with %d characters", endpoint, length)
                            .isZero();
                }
                plain.answer(always(Answer.of(CHUNKED_BODY).cut(CHUNKED_BODY.indexOf("00\r\n") + 1, End.CLOSE)));
                assertThat(status(endpoint.getHttpClient()))
                        .as(endpoint.toString())
                        .isZero();
                plain.answer(always(Answer.of(CHUNKED_BODY)));
                assertThat(status(endpoint.getHttpClient()))
                        .as(endpoint.toString())
                        .isEqualTo(200);
                plain.answer(always(Answer.of(NO_CONTENT + NO_CONTENT)));
                status(endpoint.getHttpClient());
                plain.answer(always(Answer.of(BUSY)));
                assertThat(status(endpoint.getHttpClient()))
                        .as(endpoint.toString())
                        .isEqualTo(503);
            }
        }
    }

    private static int status(HttpClient client) {
        try {
            return client.execute(ClassicRequestBuilder.get(plain.url() + "/").build(), answer -> {
                EntityUtils.consume(answer.getEntity());
                return answer.getCode();
            });
        } catch (IOException e) {
            return 0;
        }
    }

    /** One attempt through the endpoint of the shipped route: what follows from the failure, or what was answered. */
    private static String attempt(Transport transport, Answer answer) {
        server(transport).answer(always(answer));
        RunningBundle bundle = transport == Transport.PLAIN ? overPlain : overTls;
        HttpEndpoint endpoint = bundle.context().getEndpoints().stream()
                .filter(HttpEndpoint.class::isInstance)
                .map(HttpEndpoint.class::cast)
                .filter(each -> each.getHttpUri().getPath().endsWith("/segment-audiences"))
                .findFirst()
                .orElseThrow();
        ProducerTemplate sender = transport == Transport.PLAIN ? plainSender : tlsSender;
        Exchange exchange =
                sender.send(endpoint, request -> request.getMessage().setBody("{}"));
        if (exchange.getException() != null) {
            DeliveryFailure failure = DeliveryFailure.of(exchange.getException());
            return failure.kind() + " " + failure.message();
        }
        return "answered " + exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE);
    }

    private static Function<RawServer.Request, Answer> always(Answer answer) {
        return request -> answer;
    }

    private static RawServer server(Transport transport) {
        return transport == Transport.PLAIN ? plain : encrypted;
    }

    private static RunningBundle bundle(RawServer server, String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "audiences.delivery.response-timeout-ms",
                "5000",
                "audiences.delivery.retry-delay-ms",
                "10",
                "audiences.delivery.max-retry-delay-ms",
                "20"));
        if (!List.of(properties).contains("audiences.check-credentials")) {
            all.addAll(List.of("audiences.check-credentials", "off"));
        }
        all.addAll(List.of(properties));
        return RunningBundle.startAgainst(server.url(), all.toArray(String[]::new));
    }
}
