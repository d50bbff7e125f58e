package io.github.ldaudiences.config;

import io.github.ldaudiences.secret.Secret;
import java.security.KeyStore.PrivateKeyEntry;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;

/**
 * TLS configuration of Kafka's clients. Kafka reads PKCS12 and JKS files itself. What is in PEM is passed as text,
 * because Kafka expects certificate and key in one file, and the key in PKCS#8.
 */
public final class KafkaTls {

    private static final String PEM = "PEM";

    /** The algorithms of keys that Kafka reads from PEM. */
    private static final Set<String> ALGORITHMS = Set.of("RSA", "EC", "DSA");

    private KafkaTls() {}

    /**
     * Reads the key and certificate files.
     *
     * @param settings the configuration
     * @return all properties of Kafka's clients that are not options of their endpoints, by Kafka's names: those of
     *     TLS, and those that are configured by Kafka's names, which take precedence
     * @throws ConfigurationException if a file cannot be read, or one in PEM lacks what is needed
     */
    public static Map<String, Object> clientProperties(Settings settings) {
        Map<String, Object> properties = new HashMap<>();
        if (settings.get(Catalogue.KAFKA_SECURITY_PROTOCOL).endsWith("SSL")) {
            KeyFiles files = new KeyFiles(settings);
            properties.putAll(trusted(settings, files));
            properties.putAll(own(settings, files));
        }
        properties.putAll(settings.kafkaClient());
        return properties;
    }

    private static Map<String, Object> trusted(Settings settings, KeyFiles files) {
        Property<String> file = Catalogue.KAFKA_SSL_TRUSTSTORE_LOCATION;
        if (settings.get(file).isEmpty()) {
            return Map.of();
        }
        List<X509Certificate> pem = files.pemCertificates(file);
        if (pem != null) {
            return Map.of(
                    SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG,
                    PEM,
                    SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG,
                    text(pem.toArray(Certificate[]::new)));
        }
        files.checkReadable(file, KeyFiles.CERTIFICATES);
        Map<String, Object> properties = new HashMap<>();
        properties.put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, settings.get(file));
        add(
                properties,
                SslConfigs.SSL_TRUSTSTORE_PASSWORD_CONFIG,
                settings.get(Catalogue.KAFKA_SSL_TRUSTSTORE_PASSWORD));
        return properties;
    }

    private static Map<String, Object> own(Settings settings, KeyFiles files) {
        Property<String> file = Catalogue.KAFKA_SSL_KEYSTORE_LOCATION;
        Property<String> keyFile = Catalogue.KAFKA_SSL_KEY_LOCATION;
        if (settings.get(file).isEmpty()) {
            if (!settings.get(keyFile).isEmpty()) {
                throw new ConfigurationException(
                        keyFile.key() + " has no effect while " + file.key() + " is empty; set both.");
            }
            return Map.of();
        }
        Secret ofStore = settings.get(Catalogue.KAFKA_SSL_KEYSTORE_PASSWORD);
        Secret ofKey = settings.get(Catalogue.KAFKA_SSL_KEY_PASSWORD);
        PrivateKeyEntry pem = files.pemKeys(
                file,
                keyFile,
                ofKey.isEmpty() && !ofStore.isEmpty()
                        ? Catalogue.KAFKA_SSL_KEYSTORE_PASSWORD
                        : Catalogue.KAFKA_SSL_KEY_PASSWORD);
        if (pem != null) {
            if (!ALGORITHMS.contains(pem.getPrivateKey().getAlgorithm())) {
                throw new ConfigurationException(file.key() + "=" + settings.get(file)
                        + " is not allowed; allowed is a certificate with a key of RSA, EC or DSA, because Kafka's client"
                        + " reads no other.");
            }
            return Map.of(
                    SslConfigs.SSL_KEYSTORE_TYPE_CONFIG,
                    PEM,
                    SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG,
                    text(pem.getCertificateChain()),
                    SslConfigs.SSL_KEYSTORE_KEY_CONFIG,
                    new Password(Pem.of(pem.getPrivateKey())));
        }
        files.checkReadable(file, KeyFiles.KEYS);
        Map<String, Object> properties = new HashMap<>();
        properties.put(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG, settings.get(file));
        add(properties, SslConfigs.SSL_KEYSTORE_PASSWORD_CONFIG, ofStore);
        add(properties, SslConfigs.SSL_KEY_PASSWORD_CONFIG, ofKey);
        return properties;
    }

    private static void add(Map<String, Object> properties, String name, Secret secret) {
        if (!secret.isEmpty()) {
            properties.put(name, new Password(secret.reveal()));
        }
    }

    private static Password text(Certificate[] certificates) {
        try {
            return new Password(Pem.of(certificates));
        } catch (CertificateException e) {
            throw new IllegalStateException(e); // not of certificates that have been read
        }
    }
}
