package io.github.ldaudiences.lookup;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.destination.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * Where the running bundle takes requests from its own computer, and what proves who sends them.
 *
 * @param url scheme, host and port of its HTTP inbound
 * @param authorization value of the header {@code Authorization}, or empty if the bundle takes requests from everybody
 */
public record BundleAddress(String url, Secret authorization) {

    /**
     * @param settings the bundle's configuration
     * @return its address, with the first bearer token or Basic credentials that it accepts
     */
    public static BundleAddress of(Settings settings) {
        String host = settings.get(Catalogue.HTTP_HOST);
        String scheme = settings.get(Catalogue.HTTP_TLS_KEYSTORE).isEmpty() ? "http" : "https";
        return new BundleAddress(
                scheme + "://" + (host.equals("0.0.0.0") ? "127.0.0.1" : host) + ":"
                        + settings.get(Catalogue.HTTP_PORT),
                new Secret(authorization(settings)));
    }

    private static String authorization(Settings settings) {
        List<Secret> tokens = settings.get(Catalogue.HTTP_BEARER_TOKENS);
        if (!tokens.isEmpty()) {
            return "Bearer " + tokens.get(0).reveal();
        }
        List<Secret> basic = settings.get(Catalogue.HTTP_BASIC_CREDENTIALS);
        if (!basic.isEmpty()) {
            byte[] credentials = basic.get(0).reveal().getBytes(StandardCharsets.UTF_8);
            return "Basic " + Base64.getEncoder().encodeToString(credentials);
        }
        return "";
    }
}
