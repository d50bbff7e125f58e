package io.github.ldaudiences.inbound.http.connection;

import io.github.ldaudiences.problem.ProblemCode;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/** Rejects a body that is too large, or that arrives while too many bytes are being received. */
final class BodyLimit extends ChannelInboundHandlerAdapter {

    private final ReceivingBytes.Share share;
    private final long maxBody;
    private final Refusal refusal;
    private long body;

    BodyLimit(ReceivingBytes.Share share, long maxBody, Refusal refusal) {
        this.share = share;
        this.maxBody = maxBody;
        this.refusal = refusal;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request) {
            body = 0;
            if (HttpUtil.getContentLength(request, 0L) > maxBody) {
                refuseTooLarge(ctx, message);
                return;
            }
        }
        if (message instanceof HttpContent content) {
            int bytes = content.content().readableBytes();
            if (body + bytes > maxBody) {
                refuseTooLarge(ctx, message);
                return;
            }
            if (!share.tryTake(bytes, body + bytes)) {
                refuseForNow(ctx, message);
                return;
            }
            // The bytes of a complete body are released by whoever takes it over.
            body = message instanceof LastHttpContent ? 0 : body + bytes;
        }
        ctx.fireChannelRead(message);
    }

    private void refuseTooLarge(ChannelHandlerContext ctx, Object message) {
        refusal.send(ctx, ProblemCode.BODY_TOO_LARGE, "The body may have at most " + maxBody + " bytes.");
        forget(message);
    }

    private void refuseForNow(ChannelHandlerContext ctx, Object message) {
        refusal.send(ctx, ProblemCode.OVERLOADED, "Too much is being received; try again later.");
        forget(message);
    }

    private void forget(Object message) {
        share.giveBack(body);
        body = 0;
        ReferenceCountUtil.release(message);
    }
}
