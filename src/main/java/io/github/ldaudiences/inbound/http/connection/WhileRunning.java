package io.github.ldaudiences.inbound.http.connection;

import io.github.ldaudiences.problem.ProblemCode;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import java.util.function.BooleanSupplier;

/**
 * Turns callers away while the bundle starts or stops: new requests get 503, requests in progress get their answer, and
 * each connection is closed after that. The port is open before the first route accepts requests, and after the last
 * one has stopped. netty-http would then answer 404, which senders treat as final.
 */
@Sharable
final class WhileRunning extends ChannelDuplexHandler {

    private final BooleanSupplier running;
    private final Refusal refusal;
    private final int retryAfterSeconds;

    WhileRunning(BooleanSupplier running, Refusal refusal, int retryAfterSeconds) {
        this.running = running;
        this.refusal = refusal;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest && !running.getAsBoolean()) {
            ReferenceCountUtil.release(message);
            if (ctx.channel().eventLoop().inEventLoop()) {
                refuse(ctx);
            } else {
                ctx.channel().eventLoop().execute(() -> refuse(ctx));
            }
        } else {
            ctx.fireChannelRead(message);
        }
    }

    private void refuse(ChannelHandlerContext ctx) {
        refusal.send(ctx, ProblemCode.NOT_RUNNING, "The bundle is starting or stopping; try again later.");
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response && !Answers.closes(response)) {
            boolean suspended = response.status().equals(HttpResponseStatus.SERVICE_UNAVAILABLE)
                    && !response.headers().contains(HttpHeaderNames.RETRY_AFTER);
            if (suspended) { // netty-http's own answer for a route that was suspended manually
                response.headers().setInt(HttpHeaderNames.RETRY_AFTER, retryAfterSeconds);
            }
            if (suspended || !running.getAsBoolean()) {
                response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
                promise.addListener(ChannelFutureListener.CLOSE);
            }
        }
        ctx.write(message, promise);
    }
}
