package io.github.ldaudiences.outbound;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.ldaudiences.secret.Secret;
import java.util.Base64;
import java.util.function.Supplier;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.Credentials;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpContext;

/** The forward proxy, and which requests go through it. */
public final class ForwardProxy {

    private final HttpHost proxy;
    private final String user;
    private final Supplier<Secret> password;
    private final boolean onlyForHttps;
    private final DirectHosts direct;

    /**
     * @param host its host
     * @param port its port
     * @param user user name for the proxy, or empty
     * @param password supplies the newest password for the proxy
     * @param onlyForHttps whether requests to http URLs bypass it
     * @param direct the hosts that are reached without it
     */
    public ForwardProxy(
            String host, int port, String user, Supplier<Secret> password, boolean onlyForHttps, DirectHosts direct) {
        this.proxy = new HttpHost("http", host, port);
        this.user = user;
        this.password = password;
        this.onlyForHttps = onlyForHttps;
        this.direct = direct;
    }

    /**
     * @param target the target of a request
     * @return whether the request goes through the proxy
     */
    public boolean isFor(HttpHost target) {
        return !(onlyForHttps && target.getSchemeName().equals("http"))
                && !direct.contains(target.getHostName(), DefaultSchemePortResolver.INSTANCE.resolve(target));
    }

    void configure(HttpClientBuilder client) {
        client.setRoutePlanner(new DefaultRoutePlanner(DefaultSchemePortResolver.INSTANCE) {
            @Override
            protected HttpHost determineProxy(HttpHost target, HttpContext context) {
                return isFor(target) ? proxy : null;
            }
        });
        if (!user.isEmpty()) {
            AuthScope ofProxy = new AuthScope(proxy);
            client.setDefaultCredentialsProvider((asked, context) -> ofProxy.match(asked) < 0 ? null : credentials());
        }
        ProxyFailures.watch(client);
    }

    private Credentials credentials() {
        String secret = password.get().reveal();
        // A proxy's error page may repeat the header.
        Secret.mask(Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(UTF_8)));
        return new UsernamePasswordCredentials(user, secret.toCharArray());
    }

    /** @return the host of the proxy */
    public String host() {
        return proxy.getHostName();
    }

    /** @return the port of the proxy */
    public int port() {
        return proxy.getPort();
    }

    /** @return the user name for the proxy, or empty */
    public String user() {
        return user;
    }

    /** @return the newest password for the proxy, or empty */
    public Secret password() {
        return password.get();
    }

    /** @return host and port */
    @Override
    public String toString() {
        return proxy.toHostString();
    }
}
