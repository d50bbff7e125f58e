package io.github.ldaudiences.outbound;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.apache.camel.CamelContext;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.ssl.SSLContexts;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Sets up the HTTP clients of the endpoints that name it as their configurer. Connections, TLS, the user agent
 * and the handling of responses are configured only here.
 *
 * <p>Each endpoint gets a client with its own connection pool, and closes both when it stops. The pool of Camel's
 * component is not used, because its connections accept incomplete responses. So the options of an endpoint for that
 * pool, such as {@code connectionsPerRoute} and {@code soTimeout}, have no effect.
 */
public final class OutboundClient implements HttpClientConfigurer {

    /** The user agent of every request. */
    public static final String USER_AGENT = "launchdarkly-audiences-camel";

    private final CamelContext context;
    private final OutboundNetwork network;
    private final int maxConnections;
    private final Duration socketTimeout;

    /**
     * @param context its component {@code https} has the TLS settings that the network does not have
     * @param network how requests leave the network
     * @param maxConnections the maximum number of connections of an endpoint
     * @param socketTimeout how long to wait for bytes, unless the endpoint has a response time-out; zero for no limit
     */
    public OutboundClient(CamelContext context, OutboundNetwork network, int maxConnections, Duration socketTimeout) {
        this.context = context;
        this.network = network;
        this.maxConnections = maxConnections;
        this.socketTimeout = socketTimeout;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        client.setUserAgent(USER_AGENT);
        client.setConnectionManager(connectionManager());
        if (network.proxy() != null) {
            network.proxy().configure(client);
        }
        // Below the decompression, which may not read a body to its end.
        client.addExecInterceptorBefore(ChainElement.PROTOCOL.name(), "whole-body", new WholeBody());
        // The error handler retries; retries within the client would bypass throttle and deadline.
        client.disableAutomaticRetries();
        // A redirect would carry the request, and perhaps a token, to another host.
        client.disableRedirectHandling();
        client.disableCookieManagement();
    }

    private HttpClientConnectionManager connectionManager() {
        HttpComponent https = context.getComponent("https", HttpComponent.class);
        return PoolingHttpClientConnectionManagerBuilder.create()
                .setConnectionFactory(socket -> new OutboundConnection())
                .setTlsSocketStrategy(tls(https))
                .setMaxConnTotal(maxConnections)
                .setMaxConnPerRoute(maxConnections)
                .setDefaultSocketConfig(SocketConfig.custom()
                        .setSoTimeout(Timeout.of(socketTimeout))
                        .build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        // Before each use, because bytes may have arrived since the last response.
                        .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
                        .build())
                .build();
    }

    /** @return null for HttpClient's default */
    private String[] versions() {
        return network.tlsVersions().isEmpty() ? null : network.tlsVersions().toArray(String[]::new);
    }

    private TlsSocketStrategy tls(HttpComponent https) {
        if (network.tls().get() == null) {
            return strategy(tlsOfComponent(https), https);
        }
        // Created for each connection, because keys and certificates may have changed since the last one.
        return (socket, target, port, attachment, http) ->
                strategy(network.tls().get(), https).upgrade(socket, target, port, attachment, http);
    }

    private TlsSocketStrategy strategy(SSLContext tls, HttpComponent https) {
        return new DefaultClientTlsStrategy(
                tls, versions(), null, SSLBufferMode.STATIC, https.getX509HostnameVerifier());
    }

    private SSLContext tlsOfComponent(HttpComponent https) {
        SSLContextParameters parameters = https.getSslContextParameters();
        if (parameters == null && https.isUseGlobalSslContextParameters()) {
            parameters = context.getSSLContextParameters();
        }
        if (parameters == null) {
            return https.isUseSystemProperties() ? SSLContexts.createSystemDefault() : SSLContexts.createDefault();
        }
        try {
            return parameters.createSSLContext(context);
        } catch (GeneralSecurityException | IOException e) {
            throw new RuntimeCamelException("TLS could not be set up for outbound HTTP.", e);
        }
    }
}
