package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.Certificates;
import io.github.ldaudiences.fixture.Latches;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.LogWatch;
import io.github.ldaudiences.fixture.MountedSecret;
import io.github.ldaudiences.fixture.ProxyServer;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets, keys and certificates change in their files while the bundle runs, which goes on with the new ones. */
@Tag("config")
class SecretFilesTest {

    private static final String TOKEN_FILE = "audiences.destination.launchdarkly.service-token-file";
    private static final String OLD = "api-old-MARKED-4711";
    private static final String NEW = "api-new-MARKED-4711";

    @TempDir
    Path folder;

    private MountedSecret secret;
    private LaunchDarklyStub launchDarkly;
    private LogWatch log;

    @BeforeEach
    void begin() throws IOException {
        secret = new MountedSecret(Files.createDirectory(folder.resolve("mounted")));
        launchDarkly = new LaunchDarklyStub();
        log = new LogWatch();
    }

    @AfterEach
    void end() {
        launchDarkly.close();
        log.close();
        assertThat(log.lines()).noneSatisfy(line -> assertThat(line.toString()).contains("MARKED"));
    }

    @Test
    void aHeldDestinationTriesANewTokenAtOnce() {
        launchDarkly.answer(request -> Answer.of(token(request).equals(NEW) ? 204 : 401));
        try (RunningBundle bundle = startWithToken(OLD)) {
            CompletableFuture<Reply> reply = bundle.postAsync(entered("u1").toString());
            await().until(() -> bundle.problem("access-to-launchdarkly") != null);
            int asked = launchDarkly.checks().size();

            secret.set("token", NEW + "\n");
            assertThat(reply.join().count("delivered")).isEqualTo(1);
            assertThat(bundle.problem("access-to-launchdarkly")).isNull();
            assertThat(log.lines())
                    .filteredOn(line -> line.level() == Level.INFO)
                    .anySatisfy(line -> assertThat(line.message())
                            .isEqualTo(TOKEN_FILE
                                    + " has changed and was read again. The new value is used from now on."));
            assertThat(asked).isLessThanOrEqualTo(2);

            // What LaunchDarkly says is masked, with the new token, too.
            launchDarkly.answer(request -> new Answer(400, "{\"message\":\"no " + NEW + "\"}", Map.of()));
            assertThat(bundle.post(entered("u2").toString()).count("rejected")).isEqualTo(1);
            assertThat(bundle.deadLetters().toString()).contains("no ******").doesNotContain("MARKED");
        }
    }

    @Test
    void theRefusalOfATokenThatHasBeenReplacedHoldsNothing() throws Exception {
        CountDownLatch replaced = new CountDownLatch(1);
        launchDarkly.answer(request -> {
            if (token(request).equals(NEW)) {
                return Answer.of(204);
            }
            Latches.await(replaced);
            return Answer.of(401);
        });
        try (RunningBundle bundle = startWithToken(OLD)) {
            CompletableFuture<Reply> reply = bundle.postAsync(entered("u1").toString());
            await().until(() -> launchDarkly.requests().size() == 1);
            secret.set("token", NEW);
            await().until(() -> log.lines().toString().contains(TOKEN_FILE + " has changed"));
            replaced.countDown();
            assertThat(reply.join().count("delivered")).isEqualTo(1);
            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void aFileThatCannotBeUsedLeavesTheFormerTokenInUse() {
        try (RunningBundle bundle = startWithToken(OLD)) {
            assertUnusable(bundle, new byte[0], "it is empty");
            assertUnusable(bundle, "MARKED-1\nMARKED-2\n".getBytes(StandardCharsets.UTF_8), "its text is not allowed");
            assertUnusable(bundle, "MARKED-é".getBytes(StandardCharsets.ISO_8859_1), "it is not in UTF-8");
            assertUnusable(bundle, new byte[100_000], "it is too large");
            assertUnusable(bundle, null, "it does not exist");
            assertThat(log.warnings()).hasSize(5);

            secret.set("token", NEW);
            await().until(() -> bundle.problem("secret-files") == null);
            assertThat(tokenOfNextRequest(bundle)).isEqualTo(NEW);
            assertThat(log.warnings()).hasSize(5);
        }
    }

    private void assertUnusable(RunningBundle bundle, byte[] content, String why) {
        Path file = secret.set("token", content);
        String problem = TOKEN_FILE + "=" + file + " is not allowed, because " + why;
        await().until(() -> String.valueOf(bundle.problem("secret-files")).startsWith(problem));
        assertThat(bundle.problem("secret-files")).endsWith(" The previous content stays in use.");
        assertThat(log.warnings()).filteredOn(line -> line.startsWith(problem)).hasSize(1);
        assertThat(tokenOfNextRequest(bundle)).isEqualTo(OLD);
    }

    @Test
    void aSenderNeedsTheNewestSecret() {
        Path file = secret.set("tokens", "first-token-of-sender");
        try (RunningBundle bundle = start("audiences.inbound.http.bearer-tokens-file", file.toString())) {
            assertThat(status(bundle, "first-token-of-sender")).isEqualTo(200);
            assertThat(status(bundle, "second-token-of-sender")).isEqualTo(401);

            secret.set("tokens", "first-token-of-sender\nsecond-token-of-sender\n");
            await().until(() -> status(bundle, "second-token-of-sender") == 200);
            assertThat(status(bundle, "first-token-of-sender")).isEqualTo(200);

            secret.set("tokens", "second-token-of-sender\n");
            await().until(() -> status(bundle, "first-token-of-sender") == 401);
            assertThat(status(bundle, "second-token-of-sender")).isEqualTo(200);

            // With none at all, everybody might send.
            secret.set("tokens", "\n");
            await().until(() -> bundle.problem("secret-files") != null);
            assertThat(status(bundle, "second-token-of-sender")).isEqualTo(200);
            assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(401);
        }
    }

    @Test
    void newConnectionsOfCallersGetTheNewCertificate() throws Exception {
        Certificates certificates = new Certificates(folder);
        Path first = certificates.keyPair("first", "PKCS12");
        Path second = certificates.keyPair("second", "PKCS12");
        Path caller = certificates.keyPair("caller", "PKCS12");
        Path stranger = certificates.keyPair("stranger", "PKCS12");
        Path trustedFirst = certificates.certificateOf("first");
        Path trustedSecond = certificates.certificateOf("second");
        secret.setAll(Map.of(
                "tls.crt", Certificates.pemCertificates(first),
                "tls.key", Certificates.pemKey(first),
                "callers.crt", Certificates.pemCertificates(caller)));
        try (RunningBundle bundle = start(
                "audiences.inbound.http.tls-keystore",
                secret.path("tls.crt").toString(),
                "audiences.inbound.http.tls-key",
                secret.path("tls.key").toString(),
                "audiences.inbound.http.tls-truststore",
                secret.path("callers.crt").toString())) {
            HttpClient connected = client(caller, trustedFirst);
            assertThat(post(connected, bundle)).isEqualTo(200);

            // A key of another certificate: both stay as they were.
            secret.setAll(Map.of("tls.key", Certificates.pemKey(second)));
            await().until(() -> bundle.problem("secret-files") != null);
            assertThat(bundle.problem("secret-files")).contains("audiences.inbound.http.tls-key=");
            assertThat(post(client(caller, trustedFirst), bundle)).isEqualTo(200);

            secret.setAll(Map.of(
                    "tls.crt", Certificates.pemCertificates(second),
                    "callers.crt", Certificates.pemCertificates(stranger)));
            await().until(() -> bundle.problem("secret-files") == null);
            assertThat(post(client(stranger, trustedSecond), bundle)).isEqualTo(200);
            assertThatThrownBy(() -> post(client(caller, trustedSecond), bundle))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> post(client(stranger, trustedFirst), bundle))
                    .isInstanceOf(IOException.class);
            // A connection that was open goes on.
            assertThat(post(connected, bundle)).isEqualTo(200);
        }
    }

    @Test
    void newConnectionsToLaunchDarklyShowTheNewCertificate() throws Exception {
        Certificates certificates = new Certificates(folder);
        Path authority = Certificates.pemCertificates(certificates.authority("company"));
        Path server = certificates.signedBy("company", "launchdarkly");
        Path known = certificates.signedBy("company", "known");
        Path unknown = certificates.keyPair("unknown", "PKCS12");
        secret.setAll(Map.of("client.p12", unknown));
        Path password = secret.set("password", Certificates.PASSWORD);
        try (LaunchDarklyStub mutual = new LaunchDarklyStub(
                        Certificates.context(server, Certificates.trustStore(authority)),
                        terms -> terms.setNeedClientAuth(true));
                RunningBundle bundle = RunningBundle.startAgainst(
                        mutual.url("localhost"),
                        with(
                                "audiences.outbound.tls-truststore",
                                authority.toString(),
                                "audiences.outbound.tls-keystore",
                                secret.path("client.p12").toString(),
                                "audiences.outbound.tls-keystore-password-file",
                                password.toString()))) {
            CompletableFuture<Reply> reply = bundle.postAsync(entered("u1").toString());
            // Whether the client reads the alert or a reset connection is a race.
            await().until(() -> Stream.of("could not be reached", "no complete answer")
                    .anyMatch(log.warnings().toString()::contains));
            assertThat(reply).isNotDone();

            secret.setAll(Map.of("client.p12", known));
            assertThat(reply.join().count("delivered")).isEqualTo(1);
            assertThat(log.lines()).anySatisfy(line -> assertThat(line.message())
                    .isEqualTo(
                            "audiences.outbound.tls-keystore has changed and was read again. New connections use it."));
        }
    }

    @Test
    void theProxyGetsTheNewPassword() {
        Path password = secret.set("password", OLD);
        try (ProxyServer proxy = new ProxyServer();
                RunningBundle bundle = RunningBundle.startAgainst(
                        launchDarkly.url(Certificates.HOST),
                        with(
                                "audiences.outbound.proxy-host",
                                "127.0.0.1",
                                "audiences.outbound.proxy-port",
                                Integer.toString(proxy.port()),
                                "audiences.outbound.proxy-user",
                                "company",
                                "audiences.outbound.proxy-password-file",
                                password.toString()))) {
            proxy.require("company", NEW);
            CompletableFuture<Reply> reply = bundle.postAsync(entered("u1").toString());
            await().until(() -> log.warnings().toString().contains("answered 407"));
            secret.set("password", NEW);
            assertThat(reply.join().count("delivered")).isEqualTo(1);
        }
    }

    /** With a token in a file, and in its place nothing that would be tried again by itself. */
    private RunningBundle startWithToken(String token) {
        return RunningBundle.start(with(
                TOKEN_FILE,
                secret.set("token", token).toString(),
                "audiences.destination.launchdarkly.client-side-id",
                "test-client-id",
                "audiences.destination.launchdarkly.api-url",
                launchDarkly.url(),
                "audiences.destination.launchdarkly.sdk-url",
                launchDarkly.url(),
                "audiences.delivery.probe-interval-ms",
                "3600000",
                "audiences.delivery.retry-delay-ms",
                "600000",
                "audiences.delivery.max-retry-delay-ms",
                "600000"));
    }

    private RunningBundle start(String... properties) {
        return RunningBundle.start(with(properties));
    }

    private static String[] with(String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "audiences.secret-files.check-interval-ms", "20",
                "audiences.inbound.http.reply-timeout-ms", "30000",
                "audiences.delivery.retry-delay-ms", "20",
                "audiences.delivery.max-retry-delay-ms", "100"));
        all.addAll(List.of(properties));
        return all.toArray(String[]::new);
    }

    private static String token(LaunchDarklyStub.Request request) {
        return request.headers().getFirst("Authorization");
    }

    private String tokenOfNextRequest(RunningBundle bundle) {
        int before = launchDarkly.requests().size();
        // Each time another person, or there would be nothing to send.
        assertThat(bundle.post(entered("u" + before).toString()).count("delivered"))
                .isEqualTo(1);
        return token(launchDarkly.requests().get(before));
    }

    private static int status(RunningBundle bundle, String token) {
        return bundle.send(bundle.request("/v1/events", "application/json")
                        .header("Authorization", "Bearer " + token)
                        .POST(HttpRequest.BodyPublishers.ofString(entered("u1").toString()))
                        .build())
                .status();
    }

    private static HttpClient client(Path keys, Path trusted) throws Exception {
        return HttpClient.newBuilder()
                .sslContext(Certificates.context(keys, trusted))
                .build();
    }

    private static int post(HttpClient client, RunningBundle bundle) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create("https://localhost:" + bundle.port() + "/v1/events"))
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        entered("u1").toString()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }
}
