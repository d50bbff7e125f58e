package io.github.ldaudiences.packaged;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.BundleProcess;
import io.github.ldaudiences.fixture.Certificates;
import io.github.ldaudiences.fixture.Collector;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.ProxyServer;
import io.github.ldaudiences.fixture.RawConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process whose proxy is named by the variables that other programs read, too. */
@Tag("packaged")
@Tag("delivery")
class OutboundPackagedTest {

    private static final String PASSWORD = "p@ss-word-4711";

    @Test
    void theVariablesNameTheProxyAndTheHostsThatGoDirect(@TempDir Path folder) throws Exception {
        Path keys = new Certificates(folder).keyPair("servers", "PKCS12");
        SSLContext tls = Certificates.context(keys, null);
        try (ProxyServer proxy = new ProxyServer();
                LaunchDarklyStub distant = new LaunchDarklyStub(tls, terms -> {});
                LaunchDarklyStub near = new LaunchDarklyStub(tls, terms -> {});
                Collector collector = new Collector(tls, terms -> {});
                BundleProcess bundle = BundleProcess.in("outbound")
                        .shortLived()
                        .launchDarkly(distant.url(Certificates.HOST), LaunchDarklyStub.TOKEN, "test-client-id")
                        .environment("LAUNCHDARKLY_SDK_URL", near.url(Certificates.ADDRESS))
                        .environment("HTTPS_PROXY", "http://company:p%40ss-word-4711@127.0.0.1:" + proxy.port())
                        .environment("NO_PROXY", "other.test," + Certificates.ADDRESS)
                        .environment("AUDIENCES_TRACING", "on")
                        .environment("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url(Certificates.HOST))
                        .environment("OTEL_BSP_SCHEDULE_DELAY", "100")
                        .properties(Map.of(
                                "audiences.outbound.tls-truststore",
                                Certificates.pemCertificates(keys).toString()))) {
            proxy.require("company", PASSWORD);
            bundle.start().awaitStarted();
            try (RawConnection sender = RawConnection.to(bundle.httpPort())) {
                sender.send(RawConnection.post("/v1/events", entered("u1").toString()));
                assertThat(sender.status()).isEqualTo(200);
            }
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(distant.checks()).hasSize(1);
                assertThat(near.checks()).hasSize(1);
                assertThat(collector.exports()).isNotEmpty();
            });
            assertThat(distant.requests()).hasSize(1);
            assertThat(proxy.requests())
                    .allSatisfy(head -> assertThat(head).startsWith("CONNECT " + Certificates.HOST + ":"))
                    .anySatisfy(head -> assertThat(head)
                            .startsWith(
                                    "CONNECT " + distant.url(Certificates.HOST).substring("https://".length())))
                    .anySatisfy(head -> assertThat(head)
                            .startsWith("CONNECT "
                                    + collector.url(Certificates.HOST).substring("https://".length())));
            assertThat(Files.readString(bundle.output()))
                    .contains(" through the proxy 127.0.0.1:" + proxy.port())
                    .doesNotContain("p%40ss-word", PASSWORD);
        }
    }
}
