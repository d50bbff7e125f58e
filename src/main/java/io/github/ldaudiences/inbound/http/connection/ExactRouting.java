package io.github.ldaudiences.inbound.http.connection;

import io.github.ldaudiences.problem.ProblemCode;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Route;
import org.apache.camel.StatefulService;
import org.apache.camel.component.netty.http.NettyHttpConfiguration;
import org.apache.camel.component.netty.http.NettyHttpEndpoint;

/**
 * Passes a request to a route only if the route accepts its method and its path exactly as spelled. A route may have
 * aliases. All other requests go to the catch-all route of the port, which authenticates before it reveals what exists.
 *
 * <p>By itself, netty-http answers OPTIONS and TRACE before any route, ignores case and a trailing slash in paths, and
 * takes whatever follows {@code :port} anywhere in a target for the path. A proxy in front, with a rule for the exact
 * path, would not match such a request.
 */
final class ExactRouting extends ChannelDuplexHandler {

    /** Methods that a consumer without a restriction accepts; netty-http answers others itself. */
    private static final Set<String> UNRESTRICTED = Set.of("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT");

    private final OpenPorts ports;
    private final Refusal refusal;
    private boolean head;

    ExactRouting(OpenPorts ports, Refusal refusal) {
        this.ports = ports;
        this.refusal = refusal;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof FullHttpRequest request)) {
            ctx.fireChannelRead(message);
            return;
        }
        if (!(ctx.channel().localAddress() instanceof InetSocketAddress address)) {
            ReferenceCountUtil.release(request); // the connection has been closed in the meantime
            return;
        }
        head = request.method().equals(HttpMethod.HEAD);
        int port = address.getPort();
        String target = request.uri();
        int query = target.indexOf('?');
        String askedPath = query < 0 ? target : target.substring(0, query);
        String path = ports.aliases().getOrDefault(askedPath, askedPath);
        String method = request.method().name();
        Set<String> methods = new TreeSet<>();
        boolean forAll = false;
        for (Route route : ports.routes()) {
            if (!(route.getEndpoint() instanceof NettyHttpEndpoint endpoint)
                    || endpoint.getConfiguration().getPort() != port) {
                continue;
            }
            boolean runs = route.getConsumer() instanceof StatefulService consumer && consumer.isStarted();
            if (takesAll(endpoint)) {
                forAll |= runs;
            } else if (isAt(endpoint.getConfiguration(), path)) {
                Set<String> taken = methods(endpoint);
                if (runs && taken.contains(method)) {
                    String uri =
                            path + (query < 0 ? "" : target.substring(query).replace(":" + port, "%3A" + port));
                    if (ports.aliases().containsKey(askedPath)) {
                        ctx.fireChannelRead(new ReroutedRequest(request, request.method(), uri, askedPath));
                    } else {
                        ctx.fireChannelRead(request.setUri(uri));
                    }
                    return;
                }
                methods.addAll(taken);
            }
        }
        if (forAll) {
            ctx.fireChannelRead(new UnroutedRequest(request, askedPath, methods));
        } else if (ports.areOurs(port)) {
            ReferenceCountUtil.release(request);
            ctx.channel().eventLoop().execute(() -> refuse(ctx));
        } else {
            ctx.fireChannelRead(request); // this port has routes other than the bundle's
        }
    }

    /** There is no route that could authenticate the sender, so nothing is revealed. */
    private void refuse(ChannelHandlerContext ctx) {
        if (ports.authenticate()) {
            refusal.send(ctx, ProblemCode.UNAUTHORIZED, "Unauthorized.");
        } else {
            refusal.send(ctx, ProblemCode.NOT_FOUND, "There is nothing here.");
        }
    }

    private static boolean takesAll(NettyHttpEndpoint endpoint) {
        return endpoint.getConfiguration().isMatchOnUriPrefix()
                && endpoint.getHttpMethodRestrict() == null
                && pathOf(endpoint.getConfiguration()).equals("/");
    }

    private static boolean isAt(NettyHttpConfiguration consumer, String path) {
        String own = pathOf(consumer);
        return path.equals(own)
                || consumer.isMatchOnUriPrefix() && path.startsWith(own.endsWith("/") ? own : own + "/");
    }

    private static String pathOf(NettyHttpConfiguration consumer) {
        String path = consumer.getPath();
        return path == null || path.isEmpty() ? "/" : path;
    }

    private static Set<String> methods(NettyHttpEndpoint endpoint) {
        String restricted = endpoint.getHttpMethodRestrict();
        return restricted == null
                ? UNRESTRICTED
                : Set.copyOf(List.of(restricted.strip().split("\\s*,\\s*")));
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (head && message instanceof FullHttpResponse response) {
            // A client would look for the connection's next response after the body.
            ctx.write(response.replace(Unpooled.EMPTY_BUFFER), promise);
            ReferenceCountUtil.release(response);
        } else {
            ctx.write(message, promise);
        }
    }
}
