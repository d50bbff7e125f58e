package io.github.ldaudiences.inbound.http.connection;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Set;

/**
 * A request that no route accepts, as netty-http sees it on its way to the catch-all route. With its own method and
 * path, netty-http might answer it without calling any route, or match it to a route whose path is spelled differently.
 */
public final class UnroutedRequest extends ReroutedRequest {

    /** No route has this path, so only a route that accepts every path gets the request. */
    private static final String NOWHERE = "/-/unrouted";

    private final HttpMethod askedMethod;
    private final Set<String> methods;

    /**
     * @param request the request, whose content this one takes over
     * @param askedPath the requested path
     * @param methods the methods that the routes at that path accept; empty if there are none
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

    /** @return the methods that the path accepts when its routes run; empty if nothing is served at the path */
    public Set<String> methods() {
        return methods;
    }
}
