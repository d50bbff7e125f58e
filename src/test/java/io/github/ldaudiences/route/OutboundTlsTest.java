package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.Certificates;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LogWatch;
import io.github.ldaudiences.fixture.RunningBundle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS to LaunchDarkly as a company may want it: a private authority, a client certificate, no old version. */
@Tag("delivery")
class OutboundTlsTest {

    private static final String EVENT = entered("u1").toString();
    private static final String PREFIX = "audiences.outbound.tls-";
    private static final String UNREACHABLE = "LaunchDarkly could not be reached: ";
    private static final String INCOMPLETE = "LaunchDarkly gave no complete answer: ";

    @TempDir
    static Path folder;

    private static SSLContext server;
    private static Path authority;
    private static Path client;

    @BeforeAll
    static void makeCertificates() throws Exception {
        Certificates certificates = new Certificates(folder);
        authority = Certificates.pemCertificates(certificates.authority("company"));
        client = certificates.signedBy("company", "client");
        Path trusted = Certificates.trustStore(authority);
        server = Certificates.context(certificates.signedBy("company", "launchdarkly"), trusted);
    }

    @Test
    void aPrivateAuthorityIsTrustedIfItIsNamedAndNotOtherwise() {
        assertThat(outcome(terms -> {})).startsWith(UNREACHABLE + "SSLHandshakeException: ");
        assertThat(outcome(terms -> {}, "truststore", authority.toString())).isEqualTo("delivered");
    }

    @Test
    void aServerThatAsksForACertificateGetsOne() throws Exception {
        Consumer<SSLParameters> mutual = terms -> terms.setNeedClientAuth(true);
        String trusted = authority.toString();

        // With TLS 1.3 the server misses the certificate when the client has sent its request already. Whether the
        // client then reads the alert or a reset connection is a race.
        assertThat(outcome(mutual, "truststore", trusted))
                .matches(outcome -> outcome.startsWith(UNREACHABLE) || outcome.startsWith(INCOMPLETE));
        assertThat(outcome(
                        mutual,
                        "truststore",
                        trusted,
                        "keystore",
                        Certificates.pemCertificates(client).toString(),
                        "key",
                        Certificates.pemKey(client).toString()))
                .isEqualTo("delivered");
        assertThat(outcome(
                        mutual,
                        "truststore",
                        trusted,
                        "keystore",
                        client.toString(),
                        "keystore-password",
                        Certificates.PASSWORD))
                .isEqualTo("delivered");
    }

    @Test
    void theCheckOfTheCredentialsShowsTheCertificateToo() throws Exception {
        try (LaunchDarklyStub launchDarkly = new LaunchDarklyStub(server, terms -> terms.setNeedClientAuth(true));
                RunningBundle bundle = RunningBundle.startAgainst(
                        launchDarkly.url("localhost"),
                        PREFIX + "truststore",
                        authority.toString(),
                        PREFIX + "keystore",
                        Certificates.pemCertificates(client).toString(),
                        PREFIX + "key",
                        Certificates.pemKey(client).toString())) {
            await().until(() -> launchDarkly.checks().size() == 2);
            assertThat(bundle.problem("access-to-launchdarkly")).isNull();
        }
    }

    @Test
    void aServerWhoseTlsIsTooOldIsRefused() {
        Consumer<SSLParameters> old = terms -> terms.setProtocols(new String[] {"TLSv1.2"});
        String trusted = authority.toString();

        assertThat(outcome(old, "truststore", trusted)).isEqualTo("delivered");
        assertThat(outcome(old, "truststore", trusted, "min-version", "TLSv1.3"))
                .startsWith(UNREACHABLE + "SSLHandshakeException: ");
        assertThat(outcome(terms -> {}, "truststore", trusted, "min-version", "TLSv1.3"))
                .isEqualTo("delivered");
    }

    /** Sends an event to LaunchDarkly with TLS on these terms: that it is delivered, or why it is kept. */
    private static String outcome(Consumer<SSLParameters> terms, String... pairs) {
        List<String> properties = new ArrayList<>(List.of(
                "audiences.check-credentials", "off",
                "audiences.inbound.http.reply-timeout-ms", "300",
                "audiences.delivery.retry-delay-ms", "20"));
        for (int i = 0; i < pairs.length; i += 2) {
            properties.addAll(List.of(PREFIX + pairs[i], pairs[i + 1]));
        }
        try (LaunchDarklyStub launchDarkly = new LaunchDarklyStub(server, terms);
                LogWatch log = new LogWatch();
                RunningBundle bundle =
                        RunningBundle.startAgainst(launchDarkly.url("localhost"), properties.toArray(String[]::new))) {
            String outcome = await().until(
                            () -> bundle.post(EVENT).status() == 200
                                    ? Optional.of("delivered")
                                    : log.warnings().stream()
                                            .flatMap(line -> Stream.of(UNREACHABLE, INCOMPLETE)
                                                    .filter(line::contains)
                                                    .map(reason -> line.substring(line.indexOf(reason))))
                                            .findFirst(),
                            Optional::isPresent)
                    .get();
            assertThat(launchDarkly.requests().isEmpty()).isEqualTo(!outcome.equals("delivered"));
            assertThat(bundle.deadLetters()).isEmpty();
            return outcome;
        }
    }
}
