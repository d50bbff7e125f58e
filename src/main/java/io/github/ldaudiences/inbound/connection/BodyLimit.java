package io.github.ldaudiences.inbound.connection;

import io.github.ldaudiences.inbound.SparseLog;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses a body that is too large, and one that arrives while too much is on its way in already. */
final class BodyLimit extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(InboundConnections.class);
    private static final SparseLog NO_ROOM = new SparseLog();

    private final ReceivingBytes.Share share;
    private final ConnectionLimits limits;
    private long body;

    BodyLimit(ReceivingBytes.Share share, ConnectionLimits limits) {
        this.share = share;
        this.limits = limits;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request) {
            body = 0;
            if (HttpUtil.getContentLength(request, 0L) > limits.maxBodyBytes()) {
                refuseTooLarge(ctx, message);
                return;
            }
        }
        if (message instanceof HttpContent content) {
            int bytes = content.content().readableBytes();
            if (body + bytes > limits.maxBodyBytes()) {
                refuseTooLarge(ctx, message);
                return;
            }
            if (!share.tryTake(bytes, body + bytes)) {
                refuseForNow(ctx, message);
                return;
            }
            // What is complete is given back by whoever takes it over.
            body = message instanceof LastHttpContent ? 0 : body + bytes;
        }
        ctx.fireChannelRead(message);
    }

    private void refuseTooLarge(ChannelHandlerContext ctx, Object message) {
        Refusal.send(
                ctx,
                HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                "The body may have " + limits.maxBodyBytes() + " bytes.");
        forget(message);
    }

    private void refuseForNow(ChannelHandlerContext ctx, Object message) {
        int times = NO_ROOM.happened();
        if (times > 0) {
            LOG.warn(
                    "{} request(s) refused with 503: more than {} bytes of bodies are on their way in.",
                    times,
                    limits.maxReceivingBytes());
        }
        Refusal.send(
                ctx,
                HttpResponseStatus.SERVICE_UNAVAILABLE,
                "Too much is being received; try again later.",
                limits.retryAfterSeconds());
        forget(message);
    }

    private void forget(Object message) {
        share.giveBack(body);
        body = 0;
        ReferenceCountUtil.release(message);
    }
}
