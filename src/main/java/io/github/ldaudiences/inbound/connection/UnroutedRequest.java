package io.github.ldaudiences.inbound.connection;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Set;

/**
 * A request that no route takes, as netty-http sees it on its way to the route for all other requests. Under its own
 * method and path, netty-http might answer it without asking any route, or match it to a route whose path is spelled
 * otherwise.
 */
public final class UnroutedRequest extends ReroutedRequest {

    /** No route has this path, so that only one that takes every path gets the request. */
    private static final String NOWHERE = "/-/unrouted";

    private final HttpMethod askedMethod;
    private final Set<String> methods;

    /**
     * @param request the request, whose content this one holds from now on
     * @param askedPath the path that it asks for
     * @param methods what the routes at that path take; empty if there are none
     */
    UnroutedRequest(FullHttpRequest request, String askedPath, Set<String> methods) {
        super(request, HttpMethod.POST, NOWHERE, askedPath);
        this.askedMethod = request.method();
        this.methods = Set.copyOf(methods);
    }

    /** @return the method that the sender used */
    public String askedMethod() {
        return askedMethod.name();
    }

    /** @return the methods that the path takes when its routes run; empty if there is nothing at the path */
    public Set<String> methods() {
        return methods;
    }
}
