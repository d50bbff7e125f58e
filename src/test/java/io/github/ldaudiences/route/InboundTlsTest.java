package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.fixture.Certificates;
import io.github.ldaudiences.fixture.LogWatch;
import io.github.ldaudiences.fixture.RawConnection;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The HTTP inbound speaks TLS where it is told to, with certificates that the JDK's keytool makes. */
@Tag("http")
class InboundTlsTest {

    private static final String PASSWORD = Certificates.PASSWORD;
    private static final String EVENT = entered("u1").toString();

    @TempDir
    static Path folder;

    private static Certificates certificates;
    private static Path server;
    private static Path trustedByCallers;
    private static Path caller;
    private static Path trustedByServer;
    private static Path stranger;

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = new Certificates(folder);
        server = certificates.keyPair("server", "PKCS12");
        caller = certificates.keyPair("caller", "PKCS12");
        stranger = certificates.keyPair("stranger", "PKCS12");
        trustedByCallers = certificates.certificateOf("server");
        trustedByServer = certificates.certificateOf("caller");
    }

    @Test
    void eachRouteOfThePortSpeaksHttpsAndNothingElse() throws Exception {
        try (RunningBundle bundle = start(server, PASSWORD);
                LogWatch log = new LogWatch()) {
            HttpClient client = client(null);
            assertThat(post(client, bundle)).contains("\"delivered\":1");
            assertThat(get(client, bundle, "/sandbox/segments").body()).contains("u1");
            assertThat(get(client, bundle, "/nowhere").statusCode()).isEqualTo(404);
            assertThat(get(client, bundle, "/v1/EVENTS").statusCode()).isEqualTo(404);
            try (RawConnection encrypted = RawConnection.over(Certificates.context(null, trustedByCallers)
                    .getSocketFactory()
                    .createSocket("127.0.0.1", bundle.port()))) {
                assertThat(encrypted
                                .send(RawConnection.request("OPTIONS", "/v1/events"))
                                .status())
                        .isEqualTo(405);
            }
            try (RawConnection plain = RawConnection.to(bundle.port())) {
                assertThat(plain.send(RawConnection.post("/v1/events", EVENT)).answer())
                        .isNull();
            }
            assertThat(post(client, bundle)).contains("\"delivered\":1");
            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void aFileInTheOldFormatOfJavaWillDo() throws Exception {
        Path old = certificates.keyPair("old", "JKS");
        try (RunningBundle bundle = start(old, PASSWORD)) {
            assertThat(post(client(null, certificates.certificateOf("old")), bundle))
                    .contains("\"delivered\":1");
        }
    }

    @Test
    void filesInPemWillDo() throws Exception {
        try (RunningBundle bundle = RunningBundle.start(
                "audiences.inbound.http.tls-keystore",
                Certificates.pemCertificates(server).toString(),
                "audiences.inbound.http.tls-key",
                Certificates.pemKey(server).toString(),
                "audiences.inbound.http.tls-truststore",
                Certificates.pemCertificates(caller).toString())) {
            assertThat(post(client(caller), bundle)).contains("\"delivered\":1");
            assertThatThrownBy(() -> post(client(null), bundle)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> post(client(stranger), bundle)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aCallerWithoutACertificateThatIsTrustedCannotConnect() throws Exception {
        try (RunningBundle bundle = start(
                server,
                PASSWORD,
                "audiences.inbound.http.tls-truststore",
                trustedByServer.toString(),
                "audiences.inbound.http.tls-truststore-password",
                PASSWORD)) {
            assertThat(post(client(caller), bundle)).contains("\"delivered\":1");
            assertThatThrownBy(() -> post(client(null), bundle)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> post(client(stranger), bundle)).isInstanceOf(IOException.class);
            assertThat(post(client(caller), bundle)).contains("\"delivered\":1");
        }
    }

    @Test
    void theLimitsHoldForTlsAsWell() throws Exception {
        try (RunningBundle bundle = start(server, PASSWORD, "audiences.inbound.http.request-timeout-ms", "300")) {
            try (RawConnection silent = RawConnection.to(bundle.port())) {
                assertThat(silent.answer()).isNull();
            }
            try (RawConnection encrypted = RawConnection.over(Certificates.context(null, trustedByCallers)
                    .getSocketFactory()
                    .createSocket("127.0.0.1", bundle.port()))) {
                assertThat(encrypted
                                .send("POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n")
                                .status())
                        .isEqualTo(413);
            }
        }
    }

    @Test
    void whatCannotBeUsedForTlsEndsTheStartWithASentence() throws Exception {
        String keyStore = "audiences.inbound.http.tls-keystore";
        Path text = Files.writeString(folder.resolve("text"), "no key store");
        Path empty = trustedByCallers;
        for (Path file : List.of(folder.resolve("nowhere.p12"), text, folder, empty)) {
            assertThatThrownBy(() -> start(file, PASSWORD).close())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(
                            keyStore + "=" + file + " is not allowed; allowed is a PEM, PKCS12 or JKS file"
                                    + " that can be read and holds a private key with its certificate.");
        }
        for (String wrong : new String[] {"hidden-word", ""}) {
            assertThatThrownBy(() -> start(server, wrong).close())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(keyStore + "-password does not open " + keyStore + "=" + server + ".")
                    .hasMessageNotContaining("hidden-word");
        }
        assertThatThrownBy(() -> start(server, PASSWORD, "audiences.inbound.http.tls-truststore", server.toString())
                        .close())
                .hasMessageContaining("audiences.inbound.http.tls-truststore-password does not open");
        assertThatThrownBy(
                        () -> RunningBundle.start("audiences.inbound.http.tls-truststore", trustedByServer.toString())
                                .close())
                .hasMessageContaining("tls-truststore has no effect while " + keyStore + " is empty");
        assertThatThrownBy(() -> RunningBundle.start("audiences.inbound.http.tls-key", "key.pem")
                        .close())
                .hasMessageContaining("tls-key has no effect while " + keyStore + " is empty");
        assertThatThrownBy(() -> start(server, PASSWORD, "audiences.inbound.http.uri", "seda:events", ALLOW, "true")
                        .close())
                .hasMessageContaining("does not begin with netty-http:");
    }

    private static final String ALLOW = "audiences.inbound.http.allow-unauthenticated";

    private static RunningBundle start(Path keyStore, String password, String... more) {
        List<String> properties = new ArrayList<>(List.of(
                "audiences.inbound.http.tls-keystore",
                keyStore.toString(),
                "audiences.inbound.http.tls-keystore-password",
                password));
        properties.addAll(List.of(more));
        return RunningBundle.start(properties.toArray(String[]::new));
    }

    private static String post(HttpClient client, RunningBundle bundle) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(uri(bundle, "/v1/events"))
                                .POST(HttpRequest.BodyPublishers.ofString(EVENT))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static HttpResponse<String> get(HttpClient client, RunningBundle bundle, String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(bundle, path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(RunningBundle bundle, String path) {
        return URI.create("https://localhost:" + bundle.port() + path);
    }

    private static HttpClient client(Path ownKeys) throws Exception {
        return client(ownKeys, trustedByCallers);
    }

    private static HttpClient client(Path ownKeys, Path trusted) throws Exception {
        return HttpClient.newBuilder()
                .sslContext(Certificates.context(ownKeys, trusted))
                .build();
    }
}
