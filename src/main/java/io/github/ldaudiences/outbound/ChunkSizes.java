package io.github.ldaudiences.outbound;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.io.HttpTransportMetrics;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;

/** The input of a chunked body. HttpCore accepts a signed chunk size, so that -0 would mark the last chunk. */
final class ChunkSizes implements SessionInputBuffer {

    private final SessionInputBuffer input;

    ChunkSizes(SessionInputBuffer input) {
        this.input = input;
    }

    @Override
    public int readLine(CharArrayBuffer line, InputStream in) throws IOException {
        int read = input.readLine(line, in);
        String text = line.toString().strip();
        if (text.startsWith("+") || text.startsWith("-")) {
            throw new IncompleteAnswerException("the size of a chunk is '" + text + "'");
        }
        return read;
    }

    @Override
    public int length() {
        return input.length();
    }

    @Override
    public int capacity() {
        return input.capacity();
    }

    @Override
    public int available() {
        return input.available();
    }

    @Override
    public int read(byte[] bytes, int offset, int length, InputStream in) throws IOException {
        return input.read(bytes, offset, length, in);
    }

    @Override
    public int read(byte[] bytes, InputStream in) throws IOException {
        return input.read(bytes, in);
    }

    @Override
    public int read(InputStream in) throws IOException {
        return input.read(in);
    }

    @Override
    public HttpTransportMetrics getMetrics() {
        return input.getMetrics();
    }
}
