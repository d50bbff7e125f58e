package io.github.ldaudiences.outbound;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.Socket;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.io.CloseMode;

/**
 * A connection that gives each request its own response, and only if that is complete. HttpCore's connection treats the
 * end of the stream as the end of a head or of the last chunk, and does not look for unexpected bytes.
 */
final class OutboundConnection extends DefaultBHttpClientConnection implements ManagedHttpClientConnection {

    /** Allows nothing before the status line, not even an empty line. */
    private static final Http1Config CONFIG =
            Http1Config.custom().setMaxEmptyLineCount(1).build();

    private final AnswerParser parser;
    private volatile boolean closed;

    OutboundConnection() {
        this(new AnswerParser(CONFIG));
    }

    private OutboundConnection(AnswerParser parser) {
        super(CONFIG, null, null, null, null, null, null, config -> parser);
        this.parser = parser;
    }

    /**
     * The pool calls this before each use, and closes a stale connection. The call reads what has arrived meanwhile.
     */
    @Override
    public boolean isStale() throws IOException {
        return super.isStale() || parser.hasUnreadBytes();
    }

    @Override
    public void sendRequestHeader(ClassicHttpRequest request) throws HttpException, IOException {
        if (parser.hasUnreadBytes()) {
            // The pool does not check for this after a proxy has opened a tunnel.
            throw new IncompleteAnswerException("bytes that belong to no request arrived before it");
        }
        super.sendRequestHeader(request);
    }

    @Override
    public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
        try {
            return super.receiveResponseHeader();
        } catch (HttpException | MessageConstraintException e) {
            throw new IncompleteAnswerException(e);
        }
    }

    @Override
    public void receiveResponseEntity(ClassicHttpResponse answer) throws HttpException, IOException {
        boolean endsWithConnection = !answer.containsHeader(HttpHeaders.CONTENT_LENGTH)
                && !answer.containsHeader(HttpHeaders.TRANSFER_ENCODING);
        if (endsWithConnection && answer.getCode() < HttpStatus.SC_REDIRECTION) {
            // HTTP allows it, but then a truncated body looks complete.
            throw new IncompleteAnswerException(
                    "without a Content-Length or chunks, nothing shows whether its body is complete");
        }
        try {
            super.receiveResponseEntity(answer);
        } catch (HttpException e) {
            throw new IncompleteAnswerException(e);
        }
    }

    @Override
    protected InputStream createContentInputStream(long length, SessionInputBuffer buffer, InputStream in) {
        if (length == ContentLengthStrategy.UNDEFINED) {
            return super.createContentInputStream(length, buffer, in);
        }
        return super.createContentInputStream(
                length,
                length == ContentLengthStrategy.CHUNKED ? new ChunkSizes(buffer) : buffer,
                new UnfinishedInput(in, "body"));
    }

    @Override
    public void bind(SocketHolder socket) throws IOException {
        if (closed) {
            // Another thread closed this connection while it was connecting.
            socket.getSocket().close();
            throw new InterruptedIOException("The connection has been closed.");
        }
        super.bind(socket);
    }

    @Override
    public Socket getSocket() {
        SocketHolder socket = getSocketHolder();
        return socket == null ? null : socket.getSocket();
    }

    @Override
    public void passivate() {
        // No read waits while the connection is idle, so the time-out can stay set.
    }

    @Override
    public void activate() {
        // The time-out is still set.
    }

    @Override
    public void close() throws IOException {
        closed = true;
        super.close();
    }

    @Override
    public void close(CloseMode mode) {
        closed = true;
        super.close(mode);
    }
}
