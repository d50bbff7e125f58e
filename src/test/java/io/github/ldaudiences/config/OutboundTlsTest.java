package io.github.ldaudiences.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ldaudiences.fixture.Certificates;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys and certificates are read as companies hand them out. */
@Tag("config")
class OutboundTlsTest {

    private static final String PREFIX = "audiences.outbound.tls-";
    private static final Path FILES = Path.of("src/test/resources/tls");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "rsa.crt,     rsa.pkcs8.key",
        "rsa.crt,     rsa.pkcs1.key",
        "rsa.crt,     rsa.encrypted.key",
        "rsa.crt,     rsa.encrypted-3des.key",
        "ec.crt,      ec.sec1.key",
        "ed25519.crt, ed25519.key",
    })
    void aKeyInAnyFormOfPemWillDo(String certificate, String key) throws Exception {
        assertThat(context(
                        "keystore", file(certificate),
                        "key", file(key),
                        "keystore-password", Certificates.PASSWORD))
                .isNotNull();

        Path both = Files.writeString(
                folder.resolve("both.pem"),
                Files.readString(FILES.resolve(key)) + Files.readString(FILES.resolve(certificate)));
        assertThat(context("keystore", both.toString(), "keystore-password", Certificates.PASSWORD))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rsa.crt       | ''                      | tls-keystore=%s/rsa.crt is not allowed; allowed is a PEM file that"
                        + " can be read and holds a private key in PKCS#8, PKCS#1 or SEC 1; an encrypted one in PKCS#8.",
                "rsa.crt       | rsa.encrypted-pkcs1.key | tls-key=%s/rsa.encrypted-pkcs1.key is not allowed; allowed is a"
                        + " PEM file that can be read and holds a private key",
                "rsa.crt       | nowhere                 | tls-key=%s/nowhere is not allowed; allowed is a PEM file that can"
                        + " be read and holds a private key",
                "rsa.crt       | rsa.encrypted.key       | tls-keystore-password does not open"
                        + " audiences.outbound.tls-key=%s/rsa.encrypted.key.",
                "rsa.crt       | ec.sec1.key             | tls-key=%s/ec.sec1.key is not allowed; allowed is the private key"
                        + " of the first certificate in audiences.outbound.tls-keystore=%s/rsa.crt.",
                "ec.crt        | rsa.pkcs8.key           | tls-key=%s/rsa.pkcs8.key is not allowed; allowed is the private"
                        + " key of the first certificate",
                "rsa.pkcs8.key | ''                      | tls-keystore=%s/rsa.pkcs8.key is not allowed; allowed is a PEM,"
                        + " PKCS12 or JKS file that can be read and holds a certificate, and its private key",
                "nowhere       | ''                      | tls-keystore=%s/nowhere is not allowed; allowed is a PEM, PKCS12"
                        + " or JKS file that can be read and holds a private key with its certificate.",
                "''            | rsa.pkcs8.key           | tls-key has no effect while audiences.outbound.tls-keystore is"
                        + " empty; set both.",
            })
    void whatCannotBeUsedIsNamedAndNeverShown(String certificate, String key, String problem) {
        assertThatThrownBy(() -> context(
                        "keystore", file(certificate),
                        "key", file(key),
                        "keystore-password", "hidden-word"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(PREFIX.replace("tls-", "") + problem.replace("%s", FILES.toString()))
                .hasMessageNotContaining("hidden-word")
                .hasMessageNotContaining("MII");
    }

    @Test
    void theKeyOfAnotherCertificateIsRefused() throws Exception {
        byte[] another = KeyPairGenerator.getInstance("EC")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        Path key = Files.writeString(
                folder.resolve("another.key"),
                "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(another)
                        + "\n-----END PRIVATE KEY-----\n");

        assertThatThrownBy(() -> context("keystore", file("ec.crt"), "key", key.toString()))
                .hasMessageContaining("allowed is the private key of the first certificate in");
    }

    @Test
    void aKeyOfItsOwnIsOfNoUseBesideAFileThatIsNotInPem() throws Exception {
        Path store = folder.resolve("store.p12");
        try (OutputStream out = Files.newOutputStream(store)) {
            KeyFiles.store(List.of()).store(out, Certificates.PASSWORD.toCharArray());
        }

        assertThatThrownBy(() -> context("keystore", store.toString(), "key", file("rsa.pkcs8.key")))
                .hasMessageContaining("tls-key has no effect while audiences.outbound.tls-keystore=" + store
                        + " is not in PEM: the key must be in that file.");
    }

    @Test
    void certificatesToTrustMayBeSeveralInPem() throws Exception {
        Path bundle = Files.writeString(
                folder.resolve("ca-bundle.crt"),
                Files.readString(FILES.resolve("rsa.crt")) + Files.readString(FILES.resolve("ec.crt")));
        assertThat(context("truststore", bundle.toString())).isNotNull();
        assertThat(context("truststore", file("rsa.crt"), "keystore", file("ec.crt"), "key", file("ec.sec1.key")))
                .isNotNull();

        for (String wrong : List.of("rsa.pkcs8.key", "nowhere")) {
            assertThatThrownBy(() -> context("truststore", file(wrong)))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(PREFIX + "truststore=" + file(wrong)
                            + " is not allowed; allowed is a PEM, PKCS12 or JKS file that can be read and holds a"
                            + " certificate.");
        }
    }

    @Test
    void theAuthoritiesOfTheJvmStayTrusted() throws Exception {
        TrustManagerFactory jvm = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        jvm.init((KeyStore) null);
        X509Certificate[] itsOwn = ((X509TrustManager) jvm.getTrustManagers()[0]).getAcceptedIssuers();
        List<X509Certificate> more = Pem.read(FILES.resolve("rsa.crt")).certificates();

        assertThat(OutboundTls.trusting(KeyFiles.store(more)).getAcceptedIssuers())
                .contains(itsOwn)
                .containsAll(more);
    }

    @Test
    void withNothingSetCamelsOwnSettingsCount() {
        assertThat(OutboundTls.of(SettingsTest.read())).isNull();
        assertThat(OutboundTls.versions(SettingsTest.read())).isEmpty();
        assertThat(OutboundTls.versions(SettingsTest.read(PREFIX + "min-version", "TLSv1.3")))
                .containsExactly("TLSv1.3");
        assertThatThrownBy(() -> SettingsTest.read(PREFIX + "min-version", "TLSv1.1"))
                .hasMessageContaining("tls-min-version=TLSv1.1 is not allowed; allowed is one of TLSv1.2, TLSv1.3.");
    }

    private static Object context(String... pairs) {
        List<String> properties = new ArrayList<>(List.of(pairs));
        for (int i = 0; i < pairs.length; i += 2) {
            properties.set(i, PREFIX + pairs[i]);
        }
        return OutboundTls.of(SettingsTest.read(properties.toArray(String[]::new)));
    }

    private static String file(String name) {
        return name.isEmpty() ? "" : FILES.resolve(name).toString();
    }
}
