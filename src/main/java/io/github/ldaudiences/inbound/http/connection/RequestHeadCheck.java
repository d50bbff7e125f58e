package io.github.ldaudiences.inbound.http.connection;

import io.github.ldaudiences.problem.ProblemCode;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/** Rejects input that is not a request, and requests whose end or target is ambiguous. */
final class RequestHeadCheck extends ChannelInboundHandlerAdapter {

    private final Refusal refusal;

    RequestHeadCheck(Refusal refusal) {
        this.refusal = refusal;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        DecoderResult decoded = message instanceof HttpObject http ? http.decoderResult() : DecoderResult.SUCCESS;
        if (decoded.isFailure()) {
            refuseBroken(ctx, message, decoded.cause());
        } else if (message instanceof HttpRequest request && !isClear(request)) {
            refusal.send(ctx, ProblemCode.REQUEST_NOT_UNDERSTOOD, "The request cannot be understood.");
        } else if (message instanceof HttpRequest request && isEncoded(request)) {
            refuseEncoded(ctx);
        } else if (message instanceof HttpRequest request && expectsMore(request)) {
            refusal.send(ctx, ProblemCode.EXPECTATION_NOT_SUPPORTED, "The Expect header may only be 100-continue.");
        } else {
            ctx.fireChannelRead(message);
            return;
        }
        ReferenceCountUtil.release(message);
    }

    private void refuseEncoded(ChannelHandlerContext ctx) {
        refusal.send(
                ctx, ProblemCode.TRANSFER_ENCODING_NOT_SUPPORTED, "The transfer encoding must be none, or chunked.");
    }

    private void refuseBroken(ChannelHandlerContext ctx, Object message, Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            refusal.send(ctx, ProblemCode.REQUEST_LINE_TOO_LONG, "The first line is too long.");
        } else if (cause instanceof TooLongHttpHeaderException) {
            refusal.send(ctx, ProblemCode.HEADERS_TOO_LONG, "The headers are too long.");
        } else if (message instanceof HttpRequest request && isEncoded(request)) {
            // Netty also fails on encodings that it does not know.
            refuseEncoded(ctx);
        } else {
            refusal.send(ctx, ProblemCode.REQUEST_NOT_UNDERSTOOD, "The request cannot be understood.");
        }
    }

    /**
     * Whether the request has one host and its target is a path. A target with scheme and host is changed to a path.
     */
    private static boolean isClear(HttpRequest request) {
        boolean old = !request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || !old && hosts == 0 || old && request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return false;
        }
        try {
            String target = request.uri();
            URI uri = new URI(target);
            if (uri.getScheme() != null && uri.getRawAuthority() != null) {
                target = target.substring(target.indexOf(uri.getRawAuthority())
                        + uri.getRawAuthority().length());
                request.setUri(target);
            }
            return target.startsWith("/") && !target.startsWith("//");
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean expectsMore(HttpRequest request) {
        String expected = request.headers().get(HttpHeaderNames.EXPECT);
        return expected != null && !HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expected.strip());
    }

    private static boolean isEncoded(HttpRequest request) {
        List<String> encodings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return !encodings.isEmpty()
                && !(encodings.size() == 1
                        && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(
                                encodings.get(0).strip()));
    }
}
