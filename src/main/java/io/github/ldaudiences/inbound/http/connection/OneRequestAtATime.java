package io.github.ldaudiences.inbound.http.connection;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Reads the next request of a connection only after the previous one has been answered. netty-http answers in the order
 * of completion, and a caller that pipelines would mistake one answer for another.
 */
final class OneRequestAtATime extends ChannelDuplexHandler {

    /** Name of Netty's flow control, placed before this handler, where data that has been read waits. */
    static final String FLOW = "flow";

    private boolean waiting;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof LastHttpContent) {
            waiting = true;
            ctx.channel().config().setAutoRead(false);
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (Answers.isEnd(message)) {
            if (waiting) {
                waiting = false;
                // Not within the write, which may continue with the next request immediately.
                ctx.executor().execute(() -> ctx.channel().config().setAutoRead(true));
            } else if (message instanceof HttpResponse response && !Answers.closes(response)) {
                // Otherwise the rest of the request would be mistaken for a request that waits for an answer.
                response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
                promise.addListener(ChannelFutureListener.CLOSE);
            }
        }
        ctx.write(message, promise);
    }
}
