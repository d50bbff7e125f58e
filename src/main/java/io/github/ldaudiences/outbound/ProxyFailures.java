package io.github.ldaudiences.outbound;

import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;

/**
 * Turns failures of the proxy into a {@link ProxyException}.
 *
 * <p>HttpClient returns a proxy's response to CONNECT, unless it is 200, as if the server had sent it. A proxy's 403
 * would count as LaunchDarkly's, and its 204 as a delivery.
 */
final class ProxyFailures implements ExecChainHandler {

    /** Attribute of a request's context: a connection existed on which the request itself could be sent. */
    private static final String CONNECTED = ProxyFailures.class.getName();

    private ProxyFailures() {}

    static void watch(HttpClientBuilder client) {
        client.addExecInterceptorBefore(ChainElement.PROTOCOL.name(), "proxy-failures", new ProxyFailures());
        client.addExecInterceptorAfter(ChainElement.CONNECT.name(), "connected", (request, scope, chain) -> {
            scope.clientContext.setAttribute(CONNECTED, true);
            return chain.proceed(request, scope);
        });
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        HttpHost proxy = scope.route.getProxyHost();
        if (proxy == null) {
            return chain.proceed(request, scope);
        }
        scope.clientContext.removeAttribute(CONNECTED);
        ClassicHttpResponse answer;
        try {
            answer = chain.proceed(request, scope);
        } catch (IOException | HttpException e) {
            if (isConnected(scope)) {
                throw e;
            }
            throw new ProxyException(
                    "the connection through the proxy " + proxy.toHostString() + " failed: "
                            + e.getClass().getSimpleName() + ": " + e.getMessage(),
                    e);
        }
        boolean unauthenticated = answer.getCode() == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED;
        if (unauthenticated || !isConnected(scope)) {
            answer.close();
            // HttpClient does this itself only if the response has a body.
            scope.execRuntime.discardEndpoint();
            throw new ProxyException("the proxy " + proxy.toHostString() + " answered " + answer.getCode()
                    + (unauthenticated ? ": check the user name and the password for the proxy" : ""));
        }
        return answer;
    }

    private static boolean isConnected(ExecChain.Scope scope) {
        return scope.clientContext.getAttribute(CONNECTED) != null;
    }
}
