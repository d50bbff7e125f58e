package io.github.ldaudiences.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ldaudiences.fixture.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys and certificates in PEM as companies hand them out, and what Kafka's client makes of them. */
@Tag("config")
class KafkaTlsTest {

    private static final String PREFIX = "audiences.kafka.ssl-";
    private static final Path FILES = Path.of("src/test/resources/tls");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "rsa.crt, rsa.pkcs8.key",
        "rsa.crt, rsa.pkcs1.key",
        "rsa.crt, rsa.encrypted.key",
        "rsa.crt, rsa.encrypted-3des.key",
        "ec.crt,  ec.sec1.key",
    })
    void kafkaReadsAKeyInAnyFormOfPem(String certificate, String key) throws Exception {
        assertKafkaHasKeyOf(
                certificate,
                "keystore-location",
                file(certificate),
                "key-location",
                file(key),
                "key-password",
                Certificates.PASSWORD);

        Path both = Files.writeString(
                folder.resolve("both.pem"),
                Files.readString(FILES.resolve(key)) + Files.readString(FILES.resolve(certificate)));
        assertKafkaHasKeyOf(
                certificate, "keystore-location", both.toString(), "keystore-password", Certificates.PASSWORD);
    }

    @Test
    void kafkaTrustsAllCertificatesOfAFileInPem() throws Exception {
        Path bundle = Files.writeString(
                folder.resolve("ca-bundle.crt"),
                Files.readString(FILES.resolve("rsa.crt")) + Files.readString(FILES.resolve("ec.crt")));

        assertThat(kafka("truststore-location", bundle.toString()).truststore().size())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rsa.crt     | rsa.encrypted.key | ssl-key-password does not open"
                        + " audiences.kafka.ssl-key-location=%s/rsa.encrypted.key.",
                "rsa.crt     | ec.sec1.key       | ssl-key-location=%s/ec.sec1.key is not allowed; allowed is the private"
                        + " key of the first certificate in audiences.kafka.ssl-keystore-location=%s/rsa.crt.",
                "ed25519.crt | ed25519.key       | ssl-keystore-location=%s/ed25519.crt is not allowed; allowed is a"
                        + " certificate with a key of RSA, EC or DSA",
                "nowhere     | ''                | ssl-keystore-location=%s/nowhere is not allowed; allowed is a PEM,"
                        + " PKCS12 or JKS file that can be read and holds a private key with its certificate.",
                "''          | rsa.pkcs8.key     | ssl-key-location has no effect while"
                        + " audiences.kafka.ssl-keystore-location is empty; set both.",
            })
    void whatCannotBeUsedIsNamedAndNeverShown(String certificate, String key, String problem) {
        assertThatThrownBy(() -> properties(
                        "keystore-location", file(certificate),
                        "key-location", file(key),
                        "key-password", "hidden-word"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("audiences.kafka." + problem.replace("%s", FILES.toString()))
                .hasMessageNotContaining("hidden-word")
                .hasMessageNotContaining("MII");
    }

    @Test
    void aTrustStoreThatCannotBeUsedIsNamed() {
        for (String wrong : List.of("nowhere", "rsa.pkcs8.key")) {
            assertThatThrownBy(() -> properties("truststore-location", file(wrong)))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(PREFIX + "truststore-location=" + file(wrong)
                            + " is not allowed; allowed is a PEM, PKCS12 or JKS file that can be read and holds a"
                            + " certificate.");
        }
    }

    @Test
    void theKeyIsNotInTheTextOfTheProperties() {
        assertThat(properties("keystore-location", file("rsa.crt"), "key-location", file("rsa.pkcs8.key")))
                .containsEntry("ssl.keystore.type", "PEM")
                .asString()
                .doesNotContain("PRIVATE KEY");
    }

    @Test
    void whatIsSetByKafkasNamesTakesPrecedenceAndWithoutTlsNoFileIsRead() {
        assertThat(KafkaTls.clientProperties(SettingsTest.read(
                        "audiences.kafka.security-protocol",
                        "SASL_PLAINTEXT",
                        PREFIX + "truststore-location",
                        "nowhere",
                        "audiences.kafka.client.client.rack",
                        "eu-1a")))
                .isEqualTo(Map.of("client.rack", "eu-1a"));
        assertThat(KafkaTls.clientProperties(SettingsTest.read(
                        "audiences.kafka.security-protocol",
                        "SSL",
                        PREFIX + "truststore-location",
                        file("rsa.crt"),
                        "audiences.kafka.client.ssl.truststore.type",
                        "other")))
                .containsEntry("ssl.truststore.type", "other");
    }

    private static void assertKafkaHasKeyOf(String certificate, String... pairs) throws Exception {
        KeyStore store = kafka(pairs).keystore();
        assertThat(store.isKeyEntry("kafka")).isTrue();
        assertThat(store.getCertificate("kafka"))
                .isEqualTo(Pem.read(FILES.resolve(certificate)).certificates().get(0));
    }

    /** Kafka's own TLS, with what its clients are given. */
    private static DefaultSslEngineFactory kafka(String... pairs) {
        DefaultSslEngineFactory kafka = new DefaultSslEngineFactory();
        kafka.configure(new ConfigDef().withClientSslSupport().parse(properties(pairs)));
        return kafka;
    }

    private static Map<String, Object> properties(String... pairs) {
        List<String> properties = new ArrayList<>(List.of("audiences.kafka.security-protocol", "SSL"));
        for (int i = 0; i < pairs.length; i += 2) {
            properties.add(PREFIX + pairs[i]);
            properties.add(pairs[i + 1]);
        }
        return KafkaTls.clientProperties(SettingsTest.read(properties.toArray(String[]::new)));
    }

    private static String file(String name) {
        return name.isEmpty() ? "" : FILES.resolve(name).toString();
    }
}
