package io.github.ldaudiences.inbound.http.connection;

import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Reads requests as Netty does, with its limits of 4 KB for the first line and 8 KB for all headers. Rejects requests
 * with both a length and chunks, which a proxy in front of the bundle may have seen end elsewhere.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
    }
}
