package io.github.ldaudiences.inbound.http.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a failed connection: reset by its caller, or not using TLS where TLS is required. netty-http would log each
 * one with a stack trace.
 */
final class ConnectionFailures extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(InboundConnections.class);

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("A connection has failed.", cause);
        ctx.close();
    }
}
