package io.github.ldaudiences.config;

import io.github.ldaudiences.outbound.OutboundNetwork;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** TLS configuration of outgoing requests. */
public final class OutboundTls {

    private OutboundTls() {}

    /**
     * Reads the key and certificate files.
     *
     * @param settings the configuration
     * @return trusted certificates and client certificate, or null if nothing is configured
     * @throws ConfigurationException if a file cannot be read or lacks what is needed
     */
    public static SSLContext of(Settings settings) {
        boolean keys = !settings.get(Catalogue.OUTBOUND_TLS_KEYSTORE).isEmpty();
        boolean trust = !settings.get(Catalogue.OUTBOUND_TLS_TRUSTSTORE).isEmpty();
        if (!keys && !settings.get(Catalogue.OUTBOUND_TLS_KEY).isEmpty()) {
            throw new ConfigurationException(Catalogue.OUTBOUND_TLS_KEY.key() + " has no effect while "
                    + Catalogue.OUTBOUND_TLS_KEYSTORE.key() + " is empty; set both.");
        }
        if (!keys && !trust) {
            return null;
        }
        KeyFiles files = new KeyFiles(settings);
        KeyManager[] shown = keys
                ? files.keys(
                                Catalogue.OUTBOUND_TLS_KEYSTORE,
                                Catalogue.OUTBOUND_TLS_KEY,
                                Catalogue.OUTBOUND_TLS_KEYSTORE_PASSWORD)
                        .getKeyManagers()
                : null;
        KeyStore more = trust
                ? files.certificates(Catalogue.OUTBOUND_TLS_TRUSTSTORE, Catalogue.OUTBOUND_TLS_TRUSTSTORE_PASSWORD)
                : null;
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(shown, more == null ? null : new TrustManager[] {trusting(more)}, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigurationException("TLS to LaunchDarkly cannot be set up: " + e.getMessage());
        }
    }

    /** @return the allowed versions, or empty for those that the JVM allows, from 1.2 on */
    public static List<String> versions(Settings settings) {
        String least = settings.get(Catalogue.OUTBOUND_TLS_MIN_VERSION);
        return least.equals("TLSv1.2") ? List.of() : List.of(least);
    }

    /**
     * Trusts the JVM's certificates and those in the store, in one manager: the JDK uses only the first of several
     * managers.
     */
    static X509TrustManager trusting(KeyStore more) throws GeneralSecurityException, IOException {
        List<X509Certificate> both = new ArrayList<>(List.of(of((KeyStore) null).getAcceptedIssuers()));
        both.addAll(List.of(of(more).getAcceptedIssuers()));
        return of(KeyFiles.store(both));
    }

    /** @param store null for the JVM's default trust store */
    private static X509TrustManager of(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return (X509TrustManager) factory.getTrustManagers()[0];
    }

    /**
     * Makes the network of a command, which reads its files once.
     *
     * @param settings the settings
     * @return proxy and TLS of requests to LaunchDarkly
     * @throws ConfigurationException if proxy or TLS cannot be used
     */
    public static OutboundNetwork networkOf(Settings settings) {
        SSLContext tls = of(settings);
        return new OutboundNetwork(OutboundProxy.of(settings, System.getenv()), () -> tls, versions(settings));
    }
}
