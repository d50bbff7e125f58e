package io.github.ldaudiences.inbound.file;

import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Splits a stream of bytes into chunks of whole lines, and skips the rest of a line that is too long. Never holds more
 * than one chunk and one line.
 */
final class LineChunks implements Iterator<FileChunk>, Closeable {

    static final int MAX_LINES = 1000;
    static final int MAX_BYTES = 4_000_000;

    /** How much of a line that is too long is kept. */
    static final int KEPT_BYTES = 1000;

    private final InputStream in;
    private final int maxLineBytes;
    private final int maxLines;
    private final int maxBytes;
    private final byte[] buffer = new byte[64 * 1024];
    private int next;
    private int end;
    private boolean closed;

    private FilePosition position;
    private FileChunk ready;
    private FileChunk overlong;

    /**
     * @param in where the lines come from, closed with this
     * @param from position in the file where it begins
     * @param maxLineBytes longest line that is kept whole
     */
    LineChunks(InputStream in, FilePosition from, int maxLineBytes) {
        this(in, from, maxLineBytes, MAX_LINES, MAX_BYTES);
    }

    /**
     * @param in where the lines come from, closed with this
     * @param from position in the file where it begins
     * @param maxLineBytes longest line that is kept whole
     * @param maxLines most lines of a chunk
     * @param maxBytes size in bytes at which a chunk is full
     */
    LineChunks(InputStream in, FilePosition from, int maxLineBytes, int maxLines, int maxBytes) {
        this.in = in;
        this.position = from;
        this.maxLineBytes = maxLineBytes;
        this.maxLines = maxLines;
        this.maxBytes = maxBytes;
    }

    @Override
    public boolean hasNext() {
        try {
            if (ready == null) {
                ready = read();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ready != null;
    }

    @Override
    public FileChunk next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        FileChunk chunk = ready;
        ready = null;
        return chunk;
    }

    private FileChunk read() throws IOException {
        if (overlong != null) {
            FileChunk chunk = overlong;
            overlong = null;
            return chunk;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(buffer.length);
        int lines = 0;
        int lineStart = 0;
        while (fill()) {
            boolean complete = takeLine(bytes);
            if (bytes.size() - lineStart - (complete ? 1 : 0) > maxLineBytes) {
                return beforeOverlong(bytes.toByteArray(), lines, lineStart, complete);
            }
            if (complete) {
                lines++;
                lineStart = bytes.size();
                if (lines == maxLines || lineStart >= maxBytes) {
                    break;
                }
            }
        }
        return bytes.size() == 0 ? null : chunk(bytes.toByteArray(), bytes.size(), lines, null);
    }

    /** Separates the overlong line, and returns the lines before it first. */
    private FileChunk beforeOverlong(byte[] bytes, int lines, int lineStart, boolean complete) throws IOException {
        FileChunk before = lineStart == 0 ? null : chunk(Arrays.copyOf(bytes, lineStart), lineStart, lines, null);
        byte[] kept = Arrays.copyOfRange(bytes, lineStart, endOfCharacter(bytes, lineStart, lineStart + KEPT_BYTES));
        long lineBytes = bytes.length - lineStart;
        while (!complete && fill()) {
            int from = next;
            complete = takeLine(null);
            lineBytes += next - from;
        }
        long withoutEnd = lineBytes - (complete ? 1 : 0);
        FileChunk beginning = chunk(
                kept,
                lineBytes,
                1,
                new Problem(
                        ProblemCode.EVENT_TOO_LARGE,
                        "The line has " + withoutEnd + " bytes; " + maxLineBytes + " are allowed. Only its first "
                                + kept.length + " are kept here."));
        if (before == null) {
            return beginning;
        }
        overlong = beginning;
        return before;
    }

    /** Avoids cutting UTF-8 within a character. A character has at most four bytes. */
    private static int endOfCharacter(byte[] bytes, int from, int at) {
        int end = Math.min(at, bytes.length);
        int cut = end;
        while (cut > Math.max(from, end - 3) && cut < bytes.length && (bytes[cut] & 0xC0) == 0x80) {
            cut--;
        }
        return cut;
    }

    private FileChunk chunk(byte[] body, long length, int lines, Problem problem) {
        FilePosition from = position;
        position = from.plus(length, lines);
        return new FileChunk(body, from, position, problem);
    }

    /** Moves the buffered part of the line, including its end. Returns whether the line is complete. */
    private boolean takeLine(ByteArrayOutputStream to) {
        int from = next;
        boolean complete = false;
        while (next < end && !complete) {
            complete = buffer[next++] == '\n';
        }
        if (to != null) {
            to.write(buffer, from, next - from);
        }
        return complete;
    }

    private boolean fill() throws IOException {
        if (next == end && !closed) {
            next = 0;
            end = in.readNBytes(buffer, 0, buffer.length);
        }
        return next < end;
    }

    @Override
    public void close() throws IOException {
        closed = true; // Camel asks for more even after close
        next = end;
        in.close();
    }
}
