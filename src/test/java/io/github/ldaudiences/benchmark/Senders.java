package io.github.ldaudiences.benchmark;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Many HTTP callers, each sending its next request when the last one is answered. */
final class Senders implements AutoCloseable {

    /**
     * What a run measured.
     *
     * @param seconds from the first request to the last answer
     * @param statuses number of answers by status
     * @param micros time to each answer, the shortest first
     */
    record Result(double seconds, Map<Integer, Integer> statuses, int[] micros) {

        Result and(Result later) {
            Map<Integer, Integer> both = new TreeMap<>(statuses);
            later.statuses.forEach((status, count) -> both.merge(status, count, Integer::sum));
            return new Result(
                    seconds + later.seconds,
                    both,
                    IntStream.concat(IntStream.of(micros), IntStream.of(later.micros))
                            .sorted()
                            .toArray());
        }

        int ok() {
            return statuses.getOrDefault(200, 0);
        }

        int others() {
            return micros.length - ok();
        }

        /** @return such as "250 of status 200, 6 of status 503" */
        String counts() {
            return statuses.entrySet().stream()
                    .map(each -> "%,d of status %d".formatted(each.getValue(), each.getKey()))
                    .collect(Collectors.joining(", "));
        }

        double p50Ms() {
            return micros[micros.length / 2] / 1000.0;
        }

        double p99Ms() {
            return micros[(int) (micros.length * 0.99)] / 1000.0;
        }
    }

    private final EventLoopGroup threads = new NioEventLoopGroup(1);
    private final int port;
    private final String head;

    /** Senders of JSON to {@code /v1/events}. */
    Senders(int port) {
        this(port, "/v1/events");
    }

    /**
     * @param port of the bundle
     * @param path that is asked
     * @param headers lines of headers to send as well
     */
    Senders(int port, String path, String... headers) {
        this.port = port;
        String lines = Arrays.stream(headers).map(header -> header + "\r\n").collect(Collectors.joining());
        head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + lines
                + "Content-Length: ";
    }

    /**
     * @param callers connections, each with at most one request under way
     * @param requests requests in all
     * @param bodies the body of each request
     */
    Result run(int callers, int requests, IntFunction<byte[]> bodies) throws InterruptedException {
        Run run = new Run(head, requests, bodies);
        Bootstrap bootstrap = new Bootstrap()
                .group(threads)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpResponseDecoder(), run.new Caller());
                    }
                });
        Channel[] channels = new Channel[callers];
        for (int i = 0; i < callers; i++) {
            channels[i] = bootstrap.connect("127.0.0.1", port).sync().channel();
        }
        long start = System.nanoTime();
        for (Channel channel : channels) {
            run.send(channel.pipeline().context(Run.Caller.class));
        }
        run.done.await();
        double seconds = (System.nanoTime() - start) / 1e9;
        for (Channel channel : channels) {
            channel.close();
        }
        Arrays.sort(run.micros);
        return new Result(seconds, new TreeMap<>(run.statuses), run.micros);
    }

    @Override
    public void close() {
        threads.shutdownGracefully();
    }

    private static final class Run {

        private final String head;
        private final int requests;
        private final IntFunction<byte[]> bodies;
        private final int[] micros;
        private final AtomicInteger next = new AtomicInteger();
        private final Map<Integer, Integer> statuses = new ConcurrentHashMap<>();
        private final CountDownLatch done;

        private Run(String head, int requests, IntFunction<byte[]> bodies) {
            this.head = head;
            this.requests = requests;
            this.bodies = bodies;
            this.micros = new int[requests];
            this.done = new CountDownLatch(requests);
        }

        private void send(ChannelHandlerContext context) {
            int number = next.getAndIncrement();
            if (number >= requests) {
                return;
            }
            byte[] body = bodies.apply(number);
            ByteBuf begin = Unpooled.copiedBuffer(head + body.length + "\r\n\r\n", StandardCharsets.US_ASCII);
            Caller caller = (Caller) context.handler();
            caller.number = number;
            caller.sentAt = System.nanoTime();
            context.writeAndFlush(Unpooled.wrappedBuffer(begin, Unpooled.wrappedBuffer(body)));
        }

        private final class Caller extends SimpleChannelInboundHandler<HttpObject> {

            private int number;
            private long sentAt;

            @Override
            protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
                if (part instanceof HttpResponse response) {
                    statuses.merge(response.status().code(), 1, Integer::sum);
                }
                if (part instanceof LastHttpContent) {
                    micros[number] = (int) ((System.nanoTime() - sentAt) / 1000);
                    done.countDown();
                    send(context);
                }
            }
        }
    }
}
