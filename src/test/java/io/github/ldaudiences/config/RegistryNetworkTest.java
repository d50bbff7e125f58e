package io.github.ldaudiences.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Apicurio's deserializers are told of the network. */
@Tag("config")
class RegistryNetworkTest {

    private static final String APICURIO = "io.apicurio.registry.serde.avro.AvroKafkaDeserializer";
    private static final String URL = "https://registry.example/apis/registry/v3";
    private static final String TRUST_ALL = "apicurio.registry.tls.trust-all";
    private static final Map<String, String> VARIABLES =
            Map.of("HTTPS_PROXY", "http://user:p%40ss@proxy.example:3128", "NO_PROXY", "direct.example");

    @Test
    void theyGetTheProxyWithUserAndPassword() {
        assertThat(of(APICURIO, URL))
                .isEqualTo(Map.of(
                        "apicurio.registry.url",
                        URL,
                        "apicurio.registry.proxy.host",
                        "proxy.example",
                        "apicurio.registry.proxy.port",
                        3128,
                        "apicurio.registry.proxy.username",
                        "user",
                        "apicurio.registry.proxy.password",
                        "p@ss"));
    }

    @Test
    void whatIsSetForThemAndRegistriesThatGoDirectAreLeftAlone() {
        assertThat(of(APICURIO, URL, "apicurio.registry.proxy.host", "other.example"))
                .containsOnlyKeys("apicurio.registry.url", "apicurio.registry.proxy.host");
        assertThat(of(APICURIO, "https://direct.example/")).containsOnlyKeys("apicurio.registry.url");
        assertThat(of(APICURIO, "http://registry.example/")).containsOnlyKeys("apicurio.registry.url");
        assertThat(of(APICURIO, "no url")).containsOnlyKeys("apicurio.registry.url");
        assertThat(of("io.confluent.kafka.serializers.KafkaAvroDeserializer", URL))
                .containsOnlyKeys("apicurio.registry.url");
    }

    @Test
    void theyTrustThePrivateAuthorityBesideThoseOfTheJvmUnlessTheyAreToldWhatToTrust(@TempDir Path folder)
            throws Exception {
        Path authority = Certificates.pemCertificates(new Certificates(folder).authority("company"));

        Path passedOn = Files.writeString(
                folder.resolve("passed-on.crt"),
                trusting(authority, URL)
                        .get("apicurio.registry.tls.certificates")
                        .toString());
        assertThat(Pem.read(passedOn).certificates())
                .containsAll(Pem.read(authority).certificates())
                .contains(ofJvm());
        assertThat(trusting(authority, "http://registry.example/")).containsOnlyKeys("apicurio.registry.url");
        assertThat(trusting(authority, URL, TRUST_ALL, "true")).containsOnlyKeys("apicurio.registry.url", TRUST_ALL);
    }

    private static X509Certificate[] ofJvm() throws Exception {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers();
    }

    private static Map<String, Object> trusting(Path authority, String url, String... more) {
        List<String> pairs = new ArrayList<>(List.of(more));
        return RegistryNetwork.configuration(
                settings(APICURIO, url, pairs, "audiences.outbound.tls-truststore", authority.toString()), Map.of());
    }

    private static Map<String, Object> of(String type, String url, String... more) {
        return RegistryNetwork.configuration(settings(type, url, List.of(more)), VARIABLES);
    }

    private static Settings settings(String type, String url, List<String> ofDeserializer, String... more) {
        String deserializer = Catalogue.KAFKA_VALUE_DESERIALIZER.key();
        List<String> all = new ArrayList<>(List.of(deserializer, type, deserializer + ".apicurio.registry.url", url));
        for (int i = 0; i < ofDeserializer.size(); i += 2) {
            all.addAll(List.of(deserializer + "." + ofDeserializer.get(i), ofDeserializer.get(i + 1)));
        }
        all.addAll(List.of(more));
        return SettingsTest.read(all.toArray(String[]::new));
    }
}
