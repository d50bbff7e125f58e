package io.github.ldaudiences.inbound.http.connection;

import io.github.ldaudiences.problem.ProblemCode;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Rejects a request and ends its connection: answers, then reads nothing more into memory. */
final class Refusal {

    /** How long a caller that is still sending has to read the answer: if closed at once, it would lose it. */
    private static final int LINGER_SECONDS = 5;

    /** Discards further input. */
    @Sharable
    private static final class Drop extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private static final Drop DROP = new Drop();

    private final RefusedRequests requests;
    private final int retryAfterSeconds;

    /**
     * @param requests counts the requests
     * @param retryAfterSeconds when callers that get 503 may retry
     */
    Refusal(RefusedRequests requests, int retryAfterSeconds) {
        this.requests = requests;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /**
     * Answers, on the connection's own thread, and closes the connection when the caller has seen the answer.
     *
     * @param ctx the handler that rejects the request
     * @param code the kind of problem, which determines the HTTP status
     * @param sentence for the sender, without anything that it has sent
     */
    void send(ChannelHandlerContext ctx, ProblemCode code, String sentence) {
        ChannelPipeline pipeline = ctx.pipeline();
        if (pipeline.get(Drop.class) != null) {
            return; // already answered
        }
        requests.count(code);
        pipeline.addAfter(OneRequestAtATime.FLOW, "drop", DROP);
        ctx.channel().config().setAutoRead(true);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(code.status()),
                Unpooled.copiedBuffer(
                        "{\"code\":\"" + code + "\",\"error\":\"" + sentence + "\"}", StandardCharsets.UTF_8));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (code.status() == 503) {
            response.headers().setInt(HttpHeaderNames.RETRY_AFTER, retryAfterSeconds);
        }
        Channel channel = ctx.channel();
        ctx.writeAndFlush(response).addListener(written -> endOf(channel));
        if (pipeline.get("aggregator") != null) {
            pipeline.remove("aggregator"); // and with it the collected part of the body
        }
    }

    private static void endOf(Channel channel) {
        if (channel instanceof DuplexChannel duplex && channel.pipeline().get("tls") == null) {
            duplex.shutdownOutput();
        }
        channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
    }
}
