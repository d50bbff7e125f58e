package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.Certificates;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LogWatch;
import io.github.ldaudiences.fixture.ProxyServer;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything for LaunchDarkly goes through the proxy, and nothing is lost when the proxy does not let it pass. */
@Tag("delivery")
class OutboundProxyTest {

    private static final String EVENT = entered("u1").toString();
    private static final String PASSWORD = "right-word";
    private static final String REPLY_TIMEOUT = "audiences.inbound.http.reply-timeout-ms";

    @TempDir
    static Path folder;

    private static SSLContext keys;
    private static Path authority;

    private ProxyServer proxy;
    private LaunchDarklyStub launchDarkly;

    @BeforeAll
    static void makeCertificates() throws Exception {
        Path launchDarkly = new Certificates(folder).keyPair("launchdarkly", "PKCS12");
        keys = Certificates.context(launchDarkly, null);
        authority = Certificates.pemCertificates(launchDarkly);
    }

    @BeforeEach
    void startServers() {
        proxy = new ProxyServer();
        launchDarkly = new LaunchDarklyStub(keys, terms -> {});
    }

    @AfterEach
    void stopServers() {
        proxy.close();
        launchDarkly.close();
    }

    @Test
    void deliveryAndTheCheckOfTheCredentialsGoThroughATunnel() {
        try (LogWatch log = new LogWatch();
                RunningBundle bundle = start(launchDarkly.url(Certificates.HOST))) {
            assertThat(bundle.post(EVENT).status()).isEqualTo(200);
            await().until(() -> launchDarkly.checks().size() == 2);
            assertThat(launchDarkly.requests()).hasSize(1);
            assertThat(proxy.requests()).isNotEmpty().allSatisfy(head -> assertThat(head)
                    .startsWith(
                            "CONNECT " + launchDarkly.url(Certificates.HOST).substring("https://".length()) + " HTTP")
                    .doesNotContain("Authorization", LaunchDarklyStub.TOKEN));
            assertThat(log.lines()).anySatisfy(line -> assertThat(line.message())
                    .endsWith(" at " + launchDarkly.url(Certificates.HOST) + " through the proxy 127.0.0.1:"
                            + proxy.port()));
            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void aServerBehindTheProxyGetsTheClientCertificate() throws Exception {
        Path client = new Certificates(folder).keyPair("client", "PKCS12");
        SSLContext mutual = Certificates.context(
                folder.resolve("launchdarkly.p12"), Certificates.trustStore(Certificates.pemCertificates(client)));
        proxy.require("company", PASSWORD);
        try (LaunchDarklyStub asking = new LaunchDarklyStub(mutual, terms -> terms.setNeedClientAuth(true));
                RunningBundle bundle = start(
                        asking.url(Certificates.HOST),
                        "audiences.outbound.proxy-user",
                        "company",
                        "audiences.outbound.proxy-password",
                        PASSWORD,
                        "audiences.outbound.tls-keystore",
                        client.toString(),
                        "audiences.outbound.tls-keystore-password",
                        Certificates.PASSWORD)) {
            assertThat(bundle.post(EVENT).status()).isEqualTo(200);
            assertThat(asking.requests()).hasSize(1);
            await().until(() -> asking.checks().size() == 2);
            assertThat(proxy.requests()).isNotEmpty().allSatisfy(head -> assertThat(head)
                    .startsWith("CONNECT " + Certificates.HOST + ":"));
        }
    }

    @Test
    void theProxyGetsUserAndPasswordWhenItAsksForThem() {
        proxy.require("company", PASSWORD);
        try (LogWatch log = new LogWatch();
                RunningBundle bundle = startWithPassword()) {
            assertThat(bundle.post(EVENT).status()).isEqualTo(200);
            await().until(() -> launchDarkly.checks().size() == 2);
            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void anEventIsKeptWhileTheProxyRefusesThePasswordAndDeliveredOnceItIsRight() {
        proxy.require("company", "another-word");
        try (LogWatch log = new LogWatch();
                RunningBundle bundle = startWithPassword()) {
            CompletableFuture<Reply> reply = bundle.postAsync(EVENT);
            awaitWarning(
                    log,
                    "LaunchDarkly could not be reached: the proxy 127.0.0.1:" + proxy.port()
                            + " answered 407: check the user name and the password for the proxy");
            assertThat(reply).isNotDone();

            proxy.require("company", PASSWORD);
            assertThat(reply.join().status()).isEqualTo(200);
            assertThat(launchDarkly.requests()).hasSize(1);
            assertThat(bundle.deadLetters()).isEmpty();
            assertThat(log.lines())
                    .allSatisfy(line -> assertThat(line.toString()).doesNotContain(PASSWORD));
        }
    }

    @Test
    void whateverTheProxyAnswersIsNoAnswerOfLaunchDarkly() {
        try (RunningBundle bundle = start(
                launchDarkly.url(Certificates.HOST), REPLY_TIMEOUT, "150", "audiences.check-credentials", "off")) {
            for (String answer : List.of(
                    "HTTP/1.1 204 No Content\r\n\r\n",
                    "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok",
                    "HTTP/1.1 302 Found\r\nLocation: https://login.example/\r\nContent-Length: 0\r\n\r\n",
                    "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
                    "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
                    "HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nno way",
                    "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n",
                    "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
                    "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n",
                    "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n",
                    "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
                    "garbage\r\nConnection: close\r\n\r\n",
                    "Connection: close")) {
                proxy.answer(answer);
                String event = entered("u" + proxy.requests().size()).toString();
                int before = proxy.requests().size();
                await().until(() ->
                        bundle.post(event).status() == 503 && proxy.requests().size() > before);
                // What counted as delivered would now be a repeat, which needs no request.
                assertThat(bundle.post(event).status()).as(answer).isEqualTo(503);
            }
            assertThat(launchDarkly.requests()).isEmpty();
            assertThat(bundle.deadLetters()).isEmpty();

            proxy.answer(null);
            await().until(() -> bundle.post(EVENT).status() == 200);
        }
    }

    @Test
    void aProxyThatCannotBeReachedIsNamed() {
        try (LogWatch log = new LogWatch();
                RunningBundle bundle = start(launchDarkly.url(Certificates.HOST), REPLY_TIMEOUT, "150")) {
            proxy.close();
            assertThat(bundle.post(EVENT).status()).isEqualTo(503);
            awaitWarning(
                    log,
                    "LaunchDarkly could not be reached: the connection through the proxy 127.0.0.1:" + proxy.port()
                            + " failed: HttpHostConnectException: Connect to ");
            assertThat(bundle.deadLetters()).isEmpty();
        }
    }

    @Test
    void requestsToHttpArePassedOnWithoutATunnel() {
        proxy.require("company", PASSWORD);
        try (LaunchDarklyStub plain = new LaunchDarklyStub();
                RunningBundle bundle = start(
                        plain.url(Certificates.HOST),
                        "audiences.outbound.proxy-user",
                        "company",
                        "audiences.outbound.proxy-password",
                        PASSWORD)) {
            assertThat(bundle.post(EVENT).status()).isEqualTo(200);
            assertThat(plain.requests()).hasSize(1);
            assertThat(proxy.requests()).anySatisfy(head -> assertThat(head)
                    .startsWith("POST " + plain.url(Certificates.HOST) + "/api/v2/segment"));
        }
    }

    @Test
    void loopbackAndHostsThatAreNamedGoDirect() {
        try (LaunchDarklyStub plain = new LaunchDarklyStub()) {
            try (RunningBundle bundle = start(plain.url())) {
                assertThat(bundle.post(EVENT).status()).isEqualTo(200);
            }
            // An address of this machine that is not of its loopback interface.
            try (RunningBundle bundle = start(plain.url("0.0.0.0"), "audiences.outbound.no-proxy", "0.0.0.0/32")) {
                assertThat(bundle.post(EVENT).status()).isEqualTo(200);
            }
            assertThat(proxy.requests()).isEmpty();
            try (RunningBundle bundle = start(plain.url("0.0.0.0"), "audiences.outbound.no-proxy", "10.0.0.0/8")) {
                assertThat(bundle.post(EVENT).status()).isEqualTo(200);
            }
            assertThat(proxy.requests()).isNotEmpty();
        }
    }

    private static void awaitWarning(LogWatch log, String text) {
        await().untilAsserted(() ->
                assertThat(log.warnings()).anySatisfy(line -> assertThat(line).contains(text)));
    }

    private RunningBundle startWithPassword() {
        return start(
                launchDarkly.url(Certificates.HOST),
                "audiences.outbound.proxy-user",
                "company",
                "audiences.outbound.proxy-password",
                PASSWORD);
    }

    private RunningBundle start(String url, String... more) {
        List<String> properties = new ArrayList<>(List.of(
                "audiences.outbound.proxy-host",
                "127.0.0.1",
                "audiences.outbound.proxy-port",
                Integer.toString(proxy.port()),
                "audiences.outbound.tls-truststore",
                authority.toString(),
                REPLY_TIMEOUT,
                "20000",
                "audiences.delivery.retry-delay-ms",
                "20",
                "audiences.delivery.max-retry-delay-ms",
                "50"));
        properties.addAll(List.of(more));
        return RunningBundle.startAgainst(url, properties.toArray(String[]::new));
    }
}
