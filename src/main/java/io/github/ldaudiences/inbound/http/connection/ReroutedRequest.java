package io.github.ldaudiences.inbound.http.connection;

import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import org.apache.camel.Message;
import org.apache.camel.component.netty.http.NettyHttpMessage;

/** A request as netty-http sees it, on its way to a route whose path differs from the requested one. */
public class ReroutedRequest extends DefaultFullHttpRequest {

    private final String askedPath;

    /**
     * @param request the request, whose content this one takes over
     * @param method the method that netty-http sees
     * @param uri the URI that netty-http sees instead of the request's own
     * @param askedPath the requested path
     */
    ReroutedRequest(FullHttpRequest request, HttpMethod method, String uri, String askedPath) {
        super(request.protocolVersion(), method, uri, request.content(), request.headers(), request.trailingHeaders());
        this.askedPath = askedPath;
    }

    /**
     * @param message a request, as a route sees it
     * @return the requested path if it differs from the route's, else null
     */
    public static String askedPathOf(Message message) {
        return message instanceof NettyHttpMessage netty && netty.getHttpRequest() instanceof ReroutedRequest request
                ? request.askedPath()
                : null;
    }

    /** @return the requested path, as spelled by the sender */
    public String askedPath() {
        return askedPath;
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
