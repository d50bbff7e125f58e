package io.github.ldaudiences.inbound.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a connection that has failed: cut by its caller, or no TLS where TLS is spoken. netty-http would log each with
 * its stack trace.
 */
final class ConnectionFailures extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(InboundConnections.class);

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("A connection has failed.", cause);
        ctx.close();
    }
}
