package io.github.ldaudiences.command.client;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.inbound.http.auth.SenderProof;
import java.util.Map;

/**
 * The address of the running bundle on this machine, and the credentials for it.
 *
 * @param url scheme, host and port of its HTTP inbound
 * @param proof creates the headers that authenticate a request
 */
public record BundleAddress(String url, SenderProof proof) {

    /**
     * @param settings the bundle's configuration
     * @return its address, with the first secret of the first kind that it accepts
     */
    public static BundleAddress of(Settings settings) {
        String host = settings.get(Catalogue.HTTP_HOST);
        String scheme = settings.get(Catalogue.HTTP_TLS_KEYSTORE).isEmpty() ? "http" : "https";
        return new BundleAddress(
                url(scheme, host, settings.get(Catalogue.HTTP_PORT).toString()),
                new SenderProof(
                        settings.get(Catalogue.HTTP_SIGNATURE_SECRETS),
                        settings.get(Catalogue.HTTP_BASIC_CREDENTIALS),
                        settings.get(Catalogue.HTTP_BEARER_TOKENS)));
    }

    /**
     * @param scheme http or https
     * @param host address that a server listens on
     * @param port its port
     * @return the URL at which this machine can reach it
     */
    public static String url(String scheme, String host, String port) {
        return scheme + "://" + (host.equals("0.0.0.0") ? "127.0.0.1" : host) + ":" + port;
    }

    /** @return the headers that authenticate a request without a body */
    public Map<String, String> headers() {
        return proof.headers(new byte[0]);
    }
}
