package io.github.ldaudiences.inbound.http.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpRequest;

/** Releases the room of a body when the route has taken it over, or the connection is closed. */
final class BodyTaken extends ChannelInboundHandlerAdapter {

    private final ReceivingBytes.Share share;

    BodyTaken(ReceivingBytes.Share share) {
        this.share = share;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        int bytes =
                message instanceof FullHttpRequest request ? request.content().readableBytes() : 0;
        try {
            ctx.fireChannelRead(message);
        } finally {
            share.giveBack(bytes);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        share.close();
    }
}
