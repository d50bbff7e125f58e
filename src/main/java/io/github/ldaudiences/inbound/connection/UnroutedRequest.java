package io.github.ldaudiences.inbound.connection;

import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Set;

/**
 * A request that no route takes, as netty-http sees it on its way to the route for all other requests. Under its own
 * method and path, netty-http might answer it without asking any route, or match it to a route whose path is spelled
 * otherwise.
 */
public final class UnroutedRequest extends DefaultFullHttpRequest {

    /** No route has this path, so that only one that takes every path gets the request. */
    private static final String NOWHERE = "/-/unrouted";

    private final HttpMethod askedMethod;
    private final String askedPath;
    private final Set<String> methods;

    /**
     * @param request the request, whose content this one holds from now on
     * @param askedPath the path that it asks for
     * @param methods what the routes at that path take; empty if there are none
     */
    UnroutedRequest(FullHttpRequest request, String askedPath, Set<String> methods) {
        super(
                request.protocolVersion(),
                HttpMethod.POST,
                NOWHERE,
                request.content(),
                request.headers(),
                request.trailingHeaders());
        this.askedMethod = request.method();
        this.askedPath = askedPath;
        this.methods = Set.copyOf(methods);
    }

    /** @return the method that the sender used */
    public String askedMethod() {
        return askedMethod.name();
    }

    /** @return the path that the sender asked for, as it was spelled */
    public String askedPath() {
        return askedPath;
    }

    /** @return the methods that the path takes when its routes run; empty if there is nothing at the path */
    public Set<String> methods() {
        return methods;
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
