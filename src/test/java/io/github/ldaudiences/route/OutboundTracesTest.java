package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.Certificates;
import io.github.ldaudiences.fixture.Collector;
import io.github.ldaudiences.fixture.LogWatch;
import io.github.ldaudiences.fixture.ProxyServer;
import io.github.ldaudiences.fixture.RunningBundle;
import io.opentelemetry.api.GlobalOpenTelemetry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spans leave the company's network as requests to LaunchDarkly do. */
@Tag("delivery")
class OutboundTracesTest {

    private static final Consumer<SSLParameters> MUTUAL = terms -> terms.setNeedClientAuth(true);
    private static final String PASSWORD = "right-word";

    @TempDir
    static Path folder;

    private static SSLContext server;
    private static Path authority;
    private static Path client;
    private static Path other;

    private final Set<String> set = new HashSet<>();
    private ProxyServer proxy;

    @BeforeAll
    static void makeCertificates() throws Exception {
        Certificates certificates = new Certificates(folder);
        authority = Certificates.pemCertificates(certificates.authority("company"));
        client = certificates.signedBy("company", "client");
        other = Certificates.pemCertificates(certificates.authority("other"));
        server =
                Certificates.context(certificates.signedBy("company", "collector"), Certificates.trustStore(authority));
    }

    @BeforeEach
    void startProxy() {
        proxy = new ProxyServer();
        GlobalOpenTelemetry.resetForTest();
        openTelemetry("bsp.schedule.delay", "50");
    }

    @AfterEach
    void stopProxy() {
        set.forEach(System::clearProperty);
        proxy.close();
    }

    @Test
    void theyGoThroughTheProxyWithItsPasswordAndTheClientCertificate() {
        proxy.require("company", PASSWORD);
        try (Collector collector = new Collector(server, MUTUAL)) {
            openTelemetry("exporter.otlp.endpoint", collector.url(Certificates.HOST));
            openTelemetry("exporter.otlp.headers", "authorization=Bearer%20collector-token");
            openTelemetry("exporter.otlp.compression", "gzip");
            try (RunningBundle bundle = start(
                    "proxy-user",
                    "company",
                    "proxy-password",
                    PASSWORD,
                    "tls-truststore",
                    authority.toString(),
                    "tls-keystore",
                    client.toString(),
                    "tls-keystore-password",
                    Certificates.PASSWORD,
                    "tls-min-version",
                    "TLSv1.3")) {
                assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(200);
                awaitSpans(collector);
            }
            assertThat(collector.exports()).allSatisfy(export -> {
                assertThat(export.path()).isEqualTo("/v1/traces");
                assertThat(export.authorization()).isEqualTo("Bearer collector-token");
            });
            String target = collector.url(Certificates.HOST).substring("https://".length());
            assertThat(proxy.requests()).isNotEmpty().allSatisfy(head -> assertThat(head)
                    .startsWith("CONNECT " + target + " HTTP")
                    .doesNotContain("collector-token"));
        }
    }

    @Test
    void certificatesThatOpenTelemetryIsGivenReplaceTheBundles() {
        try (Collector collector = new Collector(server, terms -> {})) {
            openTelemetry("exporter.otlp.endpoint", collector.url(Certificates.HOST));
            openTelemetry("exporter.otlp.certificate", authority.toString());
            try (RunningBundle bundle = start("tls-truststore", other.toString())) {
                assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(200);
                awaitSpans(collector);
            }
            assertThat(proxy.requests()).isNotEmpty();
        }
    }

    @Test
    void aCollectorThatGoesDirectGetsThemAgainWhenItIsUnavailableForAWhile() {
        try (Collector collector = new Collector()) {
            collector.fail(2);
            openTelemetry("exporter.otlp.endpoint", collector.url("0.0.0.0"));
            try (RunningBundle bundle = start("no-proxy", "0.0.0.0")) {
                assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(200);
                awaitSpans(collector);
            }
            assertThat(proxy.requests()).isEmpty();
        }
    }

    @Test
    void whileTheProxyRefusesOnlySpansAreLostAndTheLogSaysWhy() {
        proxy.require("company", PASSWORD);
        openTelemetry("exporter.otlp.endpoint", "https://" + Certificates.HOST + ":4318");
        openTelemetry("exporter.otlp.timeout", "200");
        try (LogWatch log = new LogWatch();
                RunningBundle bundle = start("proxy-user", "company", "proxy-password", "wrong-word")) {
            assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(200);
            await().untilAsserted(() -> assertThat(log.warnings()).anySatisfy(line -> assertThat(line)
                    .startsWith("Failed to export ")
                    .endsWith("the proxy 127.0.0.1:" + proxy.port()
                            + " answered 407: check the user name and the password for the proxy")));
            assertThat(log.warnings()).noneSatisfy(line -> assertThat(line).contains("wrong-word"));
        }
    }

    private static void awaitSpans(Collector collector) {
        // Spans may end after the reply, and go with another request.
        await().untilAsserted(() -> assertThat(
                        collector.exports().stream().map(Collector.Export::body).reduce("", String::concat))
                .contains("launchdarkly-audiences", "POST /v1/events", "deliver batch", "POST segment-audiences"));
    }

    private void openTelemetry(String name, String value) {
        set.add("otel." + name);
        System.setProperty("otel." + name, value);
    }

    private RunningBundle start(String... outbound) {
        List<String> properties = new ArrayList<>(List.of(
                "audiences.tracing",
                "on",
                "audiences.outbound.proxy-host",
                "127.0.0.1",
                "audiences.outbound.proxy-port",
                Integer.toString(proxy.port())));
        for (int i = 0; i < outbound.length; i += 2) {
            properties.addAll(List.of("audiences.outbound." + outbound[i], outbound[i + 1]));
        }
        return RunningBundle.start(properties.toArray(String[]::new));
    }
}
