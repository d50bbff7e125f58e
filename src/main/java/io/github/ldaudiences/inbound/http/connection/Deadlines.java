package io.github.ldaudiences.inbound.http.connection;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose request does not arrive completely in time, and one that is idle. A caller that waits for
 * its answer is not limited.
 */
final class Deadlines extends ChannelDuplexHandler {

    private enum State {
        /** Between requests. */
        IDLE,
        /** From the first byte of a request, or from the start of the connection, to the last byte. */
        RECEIVING,
        /** Until the answer. */
        WAITING
    }

    private final Duration requestTimeout;
    private final Duration idleTimeout;

    private State state;
    private Future<?> cut;
    private boolean requestEnded;

    Deadlines(Duration requestTimeout, Duration idleTimeout) {
        this.requestTimeout = requestTimeout;
        this.idleTimeout = idleTimeout;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        enter(ctx, State.RECEIVING);
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        requestEnded = message instanceof LastHttpContent;
        if (requestEnded) {
            enter(ctx, State.WAITING);
        } else if (message instanceof HttpRequest && state != State.RECEIVING) {
            enter(ctx, State.RECEIVING);
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Bytes have arrived. If they do not end a request, they begin one.
        if (state == State.IDLE && !requestEnded) {
            enter(ctx, State.RECEIVING);
        }
        requestEnded = false;
        ctx.fireChannelReadComplete();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (state == State.WAITING && Answers.isEnd(message)) {
            enter(ctx, State.IDLE);
        }
        ctx.write(message, promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (cut != null) {
            cut.cancel(false);
        }
    }

    private void enter(ChannelHandlerContext ctx, State next) {
        state = next;
        if (cut != null) {
            cut.cancel(false);
        }
        cut = switch (next) {
            case RECEIVING -> closeAfter(ctx, requestTimeout);
            case IDLE -> closeAfter(ctx, idleTimeout);
            case WAITING -> null;
        };
    }

    private static Future<?> closeAfter(ChannelHandlerContext ctx, Duration time) {
        return ctx.executor().schedule(() -> ctx.close(), time.toMillis(), TimeUnit.MILLISECONDS);
    }
}
