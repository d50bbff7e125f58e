package io.github.ldaudiences.inbound.connection;

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

/** The end of a connection whose request is not taken: an answer, and then nothing more is read into memory. */
final class Refusal {

    /** How long a caller that still sends has to see the answer: closing at once would take it away from it. */
    private static final int LINGER_SECONDS = 5;

    /** Drops what still comes. */
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

    private Refusal() {}

    /**
     * Answers, on the connection's own thread, and closes the connection when the caller has seen it.
     *
     * @param ctx the handler that refuses
     * @param code what kind of problem it is, which has the HTTP status of the answer
     * @param sentence for the sender, without anything that it has sent
     */
    static void send(ChannelHandlerContext ctx, ProblemCode code, String sentence) {
        send(ctx, code, sentence, 0);
    }

    /**
     * Answers as {@link #send(ChannelHandlerContext, ProblemCode, String)} does.
     *
     * @param ctx the handler that refuses
     * @param code what kind of problem it is, which has the HTTP status of the answer
     * @param sentence for the sender, without anything that it has sent
     * @param retryAfterSeconds when it may come again; 0 says nothing of that
     */
    static void send(ChannelHandlerContext ctx, ProblemCode code, String sentence, int retryAfterSeconds) {
        ChannelPipeline pipeline = ctx.pipeline();
        if (pipeline.get(Drop.class) != null) {
            return; // it has its answer
        }
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
        if (retryAfterSeconds > 0) {
            response.headers().setInt(HttpHeaderNames.RETRY_AFTER, retryAfterSeconds);
        }
        Channel channel = ctx.channel();
        ctx.writeAndFlush(response).addListener(written -> endOf(channel));
        if (pipeline.get("aggregator") != null) {
            pipeline.remove("aggregator"); // and with it what it has collected of the body
        }
    }

    private static void endOf(Channel channel) {
        if (channel instanceof DuplexChannel duplex && channel.pipeline().get("tls") == null) {
            duplex.shutdownOutput();
        }
        channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
    }
}
