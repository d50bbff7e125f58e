package io.github.ldaudiences.benchmark;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** LaunchDarkly's side for benchmarks: reads a request to its end, counts it, and answers as the scenario says. */
final class BareStub implements AutoCloseable {

    /**
     * What a request gets.
     *
     * @param status HTTP status, or 0 for a connection that is reset
     * @param delayMs how long it waits for that, in milliseconds
     */
    record Answer(int status, int delayMs) {

        static final Answer TAKEN = new Answer(204, 0);
    }

    private static final byte MEMBER = (byte) '{';

    private final EventLoopGroup threads = new NioEventLoopGroup(1);
    private final Channel channel;
    private final LongAdder requests = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder members = new LongAdder();
    private volatile Supplier<Answer> answers = () -> Answer.TAKEN;

    BareStub() throws InterruptedException {
        channel = new ServerBootstrap()
                .group(threads)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        accepted.pipeline().addLast(new HttpServerCodec(), new Answering());
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
    }

    String url() {
        return "http://127.0.0.1:" + ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** @param decision gives each request its answer from now on */
    void answer(Supplier<Answer> decision) {
        answers = decision;
    }

    long requests() {
        return requests.sum();
    }

    long bytes() {
        return bytes.sum();
    }

    /** @return members in all requests: an object each, beside that of the request itself */
    long members() {
        return members.sum() - requests.sum();
    }

    void reset() {
        requests.reset();
        bytes.reset();
        members.reset();
        answers = () -> Answer.TAKEN;
    }

    @Override
    public void close() {
        threads.shutdownGracefully();
    }

    private final class Answering extends SimpleChannelInboundHandler<HttpObject> {

        private boolean change;

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
            if (part instanceof HttpRequest request) {
                change = request.uri().contains("segment-targets"); // the others ask for credentials
                if (change) {
                    requests.increment();
                }
            }
            if (part instanceof HttpContent content && change) {
                bytes.add(content.content().readableBytes());
                count(content.content());
            }
            if (part instanceof LastHttpContent) {
                Answer answer = change ? answers.get() : new Answer(200, 0);
                if (answer.delayMs() == 0) {
                    give(context, answer);
                } else {
                    context.executor().schedule(() -> give(context, answer), answer.delayMs(), TimeUnit.MILLISECONDS);
                }
            }
        }

        private void count(ByteBuf body) {
            int from = body.readerIndex();
            int at;
            while ((at = body.indexOf(from, body.writerIndex(), MEMBER)) >= 0) {
                members.increment();
                from = at + 1;
            }
        }

        private void give(ChannelHandlerContext context, Answer answer) {
            if (answer.status() == 0) {
                context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
                context.close();
                return;
            }
            DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), Unpooled.EMPTY_BUFFER);
            if (answer.status() != 204) {
                response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
            }
            if (answer.status() == 429) {
                response.headers().set(HttpHeaderNames.RETRY_AFTER, 1);
            }
            context.writeAndFlush(response);
        }
    }
}
