package io.github.ldaudiences.config;

import io.github.ldaudiences.destination.Secret;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/** TLS of the HTTP inbound, as it is configured. */
public final class InboundTls {

    private InboundTls() {}

    /**
     * Reads the key store, and the trust store if there is one.
     *
     * @param settings the configuration
     * @return how connections are encrypted, or null for plain HTTP
     * @throws ConfigurationException if a file cannot be read or does not hold what is needed
     */
    public static SslContext of(Settings settings) {
        boolean verified = !settings.get(Catalogue.HTTP_TLS_TRUSTSTORE).isEmpty();
        if (settings.get(Catalogue.HTTP_TLS_KEYSTORE).isEmpty()) {
            if (verified) {
                throw problem(Catalogue.HTTP_TLS_TRUSTSTORE.key() + " is of no use while "
                        + Catalogue.HTTP_TLS_KEYSTORE.key() + " is empty; needed are both.");
            }
            return null;
        }
        KeyStore keys = load(settings, Catalogue.HTTP_TLS_KEYSTORE, Catalogue.HTTP_TLS_KEYSTORE_PASSWORD, true);
        try {
            KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            own.init(keys, password(settings.get(Catalogue.HTTP_TLS_KEYSTORE_PASSWORD)));
            SslContextBuilder builder = SslContextBuilder.forServer(own);
            if (verified) {
                TrustManagerFactory callers =
                        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                callers.init(
                        load(settings, Catalogue.HTTP_TLS_TRUSTSTORE, Catalogue.HTTP_TLS_TRUSTSTORE_PASSWORD, false));
                builder.trustManager(callers).clientAuth(ClientAuth.REQUIRE);
            }
            return builder.build();
        } catch (UnrecoverableKeyException e) {
            throw wrongPassword(settings, Catalogue.HTTP_TLS_KEYSTORE, Catalogue.HTTP_TLS_KEYSTORE_PASSWORD);
        } catch (GeneralSecurityException | IOException e) {
            throw problem(Catalogue.HTTP_TLS_KEYSTORE.key() + "=" + settings.get(Catalogue.HTTP_TLS_KEYSTORE)
                    + " cannot be used for TLS: " + e.getMessage());
        }
    }

    private static KeyStore load(
            Settings settings, Property<String> file, Property<Secret> password, boolean ofPrivateKeys) {
        String needed = ofPrivateKeys ? "a private key with its certificate" : "a certificate";
        try {
            KeyStore store = KeyStore.getInstance(new File(settings.get(file)), password(settings.get(password)));
            for (String alias : Collections.list(store.aliases())) {
                if (ofPrivateKeys ? store.isKeyEntry(alias) : store.isCertificateEntry(alias)) {
                    return store;
                }
            }
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw wrongPassword(settings, file, password);
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // It is not there, or of no kind that Java knows.
        }
        throw problem(file.key() + "=" + settings.get(file)
                + " is not allowed; allowed is a PKCS12 or JKS file that can be read and holds " + needed + ".");
    }

    private static char[] password(Secret password) {
        return password.reveal().toCharArray();
    }

    private static ConfigurationException wrongPassword(
            Settings settings, Property<String> file, Property<Secret> password) {
        return problem(password.key() + " does not open " + file.key() + "=" + settings.get(file) + ".");
    }

    private static ConfigurationException problem(String sentence) {
        return new ConfigurationException(List.of(sentence));
    }
}
