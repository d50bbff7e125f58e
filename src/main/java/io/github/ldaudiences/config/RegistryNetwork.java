package io.github.ldaudiences.config;

import io.github.ldaudiences.outbound.ForwardProxy;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hc.core5.http.HttpHost;

/**
 * Passes proxy and trusted certificates on to the client of Apicurio Registry, whose deserializers make requests of
 * their own. Their configuration has no names for a client certificate and the TLS version.
 */
public final class RegistryNetwork {

    private static final String APICURIO = "io.apicurio.registry.";
    private static final String URL = "apicurio.registry.url";
    private static final String PROXY = "apicurio.registry.proxy.";
    private static final String CERTIFICATES = "apicurio.registry.tls.certificates";

    /** If one of these is set, the user says what to trust. */
    private static final List<String> TRUST =
            List.of(CERTIFICATES, "apicurio.registry.tls.truststore.location", "apicurio.registry.tls.trust-all");

    private RegistryNetwork() {}

    /**
     * @param settings the configuration
     * @param environment the environment variables
     * @return the configuration of the deserializer of Kafka values, by its own names: what is set for it and, if it
     *     is one of Apicurio's, proxy and trusted certificates of the bundle unless they are set for it
     * @throws ConfigurationException if proxy or trust store cannot be used
     */
    public static Map<String, Object> configuration(Settings settings, Map<String, String> environment) {
        Map<String, Object> config = new HashMap<>(settings.valueDeserializer());
        HttpHost registry = registry(config);
        if (!settings.get(Catalogue.KAFKA_VALUE_DESERIALIZER).startsWith(APICURIO) || registry == null) {
            return config;
        }
        ForwardProxy proxy = OutboundProxy.of(settings, environment);
        if (proxy != null
                && proxy.isFor(registry)
                && config.keySet().stream().noneMatch(name -> name.startsWith(PROXY))) {
            config.put(PROXY + "host", proxy.host());
            config.put(PROXY + "port", proxy.port());
            if (!proxy.user().isEmpty()) {
                config.put(PROXY + "username", proxy.user());
                config.put(PROXY + "password", proxy.password().reveal());
            }
        }
        // With any certificates, Apicurio's client would speak TLS to an http URL, too.
        if (registry.getSchemeName().equals("https")
                && !settings.get(Catalogue.OUTBOUND_TLS_TRUSTSTORE).isEmpty()
                && TRUST.stream().noneMatch(config::containsKey)) {
            config.put(CERTIFICATES, certificates(settings));
        }
        return config;
    }

    /** @return where the registry is, or null if its client will reject the URL */
    private static HttpHost registry(Map<String, Object> config) {
        try {
            URI url = URI.create(String.valueOf(config.get(URL)));
            return url.getScheme() == null || url.getHost() == null
                    ? null
                    : new HttpHost(url.getScheme(), url.getHost(), url.getPort());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Includes the JVM's certificates, because Apicurio's client trusts no others than those that it gets. */
    private static String certificates(Settings settings) {
        KeyStore more = new KeyFiles(settings)
                .certificates(Catalogue.OUTBOUND_TLS_TRUSTSTORE, Catalogue.OUTBOUND_TLS_TRUSTSTORE_PASSWORD);
        try {
            return Pem.of(OutboundTls.trusting(more).getAcceptedIssuers());
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigurationException("TLS to the schema registry cannot be set up: " + e.getMessage());
        }
    }
}
