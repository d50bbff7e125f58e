package io.github.ldaudiences.config;

import io.github.ldaudiences.outbound.DirectHosts;
import io.github.ldaudiences.outbound.ForwardProxy;
import io.github.ldaudiences.secret.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** The forward proxy, from properties or, where they are not set, from the usual environment variables. */
public final class OutboundProxy {

    private static final int DEFAULT_PORT_OF_URL = 80;

    private OutboundProxy() {}

    /**
     * @param settings the configuration
     * @param environment the environment variables
     * @return the proxy, or null if there is none
     * @throws ConfigurationException if a variable has a value that is not allowed
     */
    public static ForwardProxy of(Settings settings, Map<String, String> environment) {
        String user = settings.get(Catalogue.OUTBOUND_PROXY_USER);
        Supplier<Secret> password = () -> settings.get(Catalogue.OUTBOUND_PROXY_PASSWORD);
        if (user.isEmpty() && !password.get().isEmpty()) {
            throw new ConfigurationException(Catalogue.OUTBOUND_PROXY_PASSWORD.key() + " has no effect while "
                    + Catalogue.OUTBOUND_PROXY_USER.key() + " is empty; set both.");
        }
        String host = settings.get(Catalogue.OUTBOUND_PROXY_HOST);
        String variable = variable("HTTPS_PROXY", environment);
        if (host.isEmpty() && variable == null) {
            return null;
        }
        DirectHosts direct = direct(settings, environment);
        if (direct.areAll()) {
            return null;
        }
        if (!host.isEmpty()) {
            int port = Math.toIntExact(settings.get(Catalogue.OUTBOUND_PROXY_PORT));
            return new ForwardProxy(host, port, user, password, false, direct);
        }
        URI url = url(variable, environment.get(variable).strip());
        if (user.isEmpty() && url.getUserInfo() != null) {
            String[] parts = url.getUserInfo().split(":", 2);
            user = parts[0];
            Secret inUrl = new Secret(parts.length > 1 ? parts[1] : "");
            password = () -> inUrl;
        }
        int port = url.getPort() < 0 ? DEFAULT_PORT_OF_URL : url.getPort();
        return new ForwardProxy(url.getHost(), port, user, password, true, direct);
    }

    private static URI url(String variable, String text) {
        try {
            URI url = new URI(text.contains("://") ? text : "http://" + text);
            if ("http".equalsIgnoreCase(url.getScheme()) && url.getHost() != null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // The exception's message contains the password.
        }
        throw new ConfigurationException("The environment variable " + variable
                + " has a value that is not allowed; allowed is http://host:port, or"
                + " http://user:password@host:port with special characters escaped, such as %40 for @. To"
                + " use no proxy, set " + Catalogue.OUTBOUND_NO_PROXY.key()
                + "=*.");
    }

    private static DirectHosts direct(Settings settings, Map<String, String> environment) {
        DirectHosts configured = settings.get(Catalogue.OUTBOUND_NO_PROXY);
        String variable = variable("NO_PROXY", environment);
        if (!configured.isEmpty() || variable == null) {
            return configured;
        }
        try {
            return Catalogue.OUTBOUND_NO_PROXY.parse(environment.get(variable));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("The environment variable " + variable + "=" + environment.get(variable)
                    + " is not allowed; allowed is " + Catalogue.OUTBOUND_NO_PROXY.allowed() + ".");
        }
    }

    /** @return the value of the variable in upper or lower case, whichever is set, or null */
    private static String variable(String name, Map<String, String> environment) {
        for (String each : List.of(name, name.toLowerCase(Locale.ROOT))) {
            if (!environment.getOrDefault(each, "").isBlank()) {
                return each;
            }
        }
        return null;
    }
}
