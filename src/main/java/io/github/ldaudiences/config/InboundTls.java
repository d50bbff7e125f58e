package io.github.ldaudiences.config;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/** TLS configuration of the HTTP inbound. */
public final class InboundTls {

    private InboundTls() {}

    /**
     * Reads the key store, and the trust store if there is one.
     *
     * @param settings the configuration
     * @return the TLS configuration, or null for plain HTTP
     * @throws ConfigurationException if a file cannot be read or lacks what is needed
     */
    public static SslContext of(Settings settings) {
        boolean verified = !settings.get(Catalogue.HTTP_TLS_TRUSTSTORE).isEmpty();
        if (settings.get(Catalogue.HTTP_TLS_KEYSTORE).isEmpty()) {
            if (verified) {
                throw new ConfigurationException(Catalogue.HTTP_TLS_TRUSTSTORE.key() + " has no effect while "
                        + Catalogue.HTTP_TLS_KEYSTORE.key() + " is empty; set both.");
            }
            if (!settings.get(Catalogue.HTTP_TLS_KEY).isEmpty()) {
                throw new ConfigurationException(Catalogue.HTTP_TLS_KEY.key() + " has no effect while "
                        + Catalogue.HTTP_TLS_KEYSTORE.key() + " is empty; set both.");
            }
            return null;
        }
        KeyFiles files = new KeyFiles(settings);
        KeyManagerFactory own =
                files.keys(Catalogue.HTTP_TLS_KEYSTORE, Catalogue.HTTP_TLS_KEY, Catalogue.HTTP_TLS_KEYSTORE_PASSWORD);
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(own);
            if (verified) {
                TrustManagerFactory callers =
                        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                callers.init(files.certificates(Catalogue.HTTP_TLS_TRUSTSTORE, Catalogue.HTTP_TLS_TRUSTSTORE_PASSWORD));
                builder.trustManager(callers).clientAuth(ClientAuth.REQUIRE);
            }
            return builder.build();
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigurationException(Catalogue.HTTP_TLS_KEYSTORE.key() + "="
                    + settings.get(Catalogue.HTTP_TLS_KEYSTORE) + " cannot be used for TLS: " + e.getMessage());
        }
    }
}
