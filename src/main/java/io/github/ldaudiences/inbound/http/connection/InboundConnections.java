package io.github.ldaudiences.inbound.http.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.camel.component.netty.DefaultChannelHandlerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds the connection guards to each pipeline that netty-http creates. netty-http collects a body before it calls any
 * route, so what a sender may use until then can be limited only here.
 *
 * <p>It is registered as a netty-http encoder because netty-http does not accept a custom initializer: of the consumers
 * that share a port, the first creates the pipelines, always with its own initializer.
 */
public final class InboundConnections extends DefaultChannelHandlerFactory {

    private static final Logger LOG = LoggerFactory.getLogger(InboundConnections.class);

    private final ConnectionLimits limits;
    private final Supplier<SslContext> tls;
    private final BooleanSupplier running;
    private final OpenPorts ports;
    private final AtomicInteger open = new AtomicInteger();
    private final ReceivingBytes receiving;
    private final Refusal refusal;
    private final SparseLog tooMany = new SparseLog();

    /**
     * @param limits limits for connections
     * @param receiving the bytes of bodies that are being received
     * @param tls provides the TLS configuration of a new connection, or null for plain HTTP
     * @param running whether requests are accepted: not before everything has started, and not during shutdown
     * @param ports the ports and routes that accept requests
     * @param refused counts the requests that are refused
     */
    public InboundConnections(
            ConnectionLimits limits,
            ReceivingBytes receiving,
            Supplier<SslContext> tls,
            BooleanSupplier running,
            OpenPorts ports,
            RefusedRequests refused) {
        this.limits = limits;
        this.tls = tls;
        this.running = running;
        this.ports = ports;
        this.receiving = receiving;
        this.refusal = new Refusal(refused, limits.retryAfterSeconds());
    }

    @Override
    public ChannelHandler newChannelHandler() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRegistered(ChannelHandlerContext ctx) {
                // Only now are all of netty-http's own handlers in the pipeline.
                ctx.fireChannelRegistered();
                if (ctx.channel().parent() != null) { // a connection from a caller, not one that a producer has opened
                    guard(ctx.channel());
                }
                ctx.pipeline().remove(this);
            }
        };
    }

    private void guard(Channel channel) {
        int connections = open.incrementAndGet();
        channel.closeFuture().addListener(closed -> open.decrementAndGet());
        if (connections > limits.maxConnections()) {
            int times = tooMany.happened();
            if (times > 0) {
                LOG.warn("{} connection(s) closed: {} are open already.", times, limits.maxConnections());
            }
            channel.close();
            return;
        }
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.replace("decoder", "decoder", new StrictRequestDecoder());
        SslContext newest = tls.get();
        if (newest != null) {
            pipeline.addFirst("tls", newest.newHandler(channel.alloc()));
        }
        WhileRunning whileRunning = new WhileRunning(running, refusal, limits.retryAfterSeconds());
        pipeline.addBefore("aggregator", OneRequestAtATime.FLOW, new FlowControlHandler());
        pipeline.addBefore("aggregator", "one-at-a-time", new OneRequestAtATime());
        pipeline.addBefore("aggregator", "deadlines", new Deadlines(limits.requestTimeout(), limits.idleTimeout()));
        pipeline.addBefore("aggregator", "while-running", whileRunning);
        pipeline.addBefore("aggregator", "head", new RequestHeadCheck(refusal));
        ReceivingBytes.Share share = receiving.share();
        pipeline.addBefore("aggregator", "body", new BodyLimit(share, receiving.maxBody(), refusal));
        pipeline.addBefore("handler", "failures", new ConnectionFailures());
        // On the thread of netty-http's own handler, so that they are called in one go.
        EventExecutor executor = pipeline.context("handler").executor();
        pipeline.addBefore(executor, "handler", "body-taken", new BodyTaken(share));
        pipeline.addBefore(executor, "handler", "still-running", whileRunning);
        pipeline.addBefore(executor, "handler", "exact-routing", new ExactRouting(ports, refusal));
    }
}
