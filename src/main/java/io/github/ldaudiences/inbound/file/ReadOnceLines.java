package io.github.ldaudiences.inbound.file;

import io.github.ldaudiences.event.ReceiptSummary;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/**
 * The lines of a stream that can be read only once. Lines that have been read but not settled are kept, and can be read
 * again. The receipts of the file inbound hold the same chunks, so this needs no extra memory.
 */
public final class ReadOnceLines implements LineSource {

    private final String name;
    private final FilePosition start;
    private final LineChunks rest;
    private final BooleanSupplier torn;
    private final BiConsumer<FilePosition, ReceiptSummary> whenSettled;

    // Guarded by this.
    private final Deque<FileChunk> unsettled = new ArrayDeque<>();
    private FileChunk ready;

    /**
     * The limits of a chunk.
     *
     * @param lineBytes longest line that is kept whole, in bytes
     * @param lines most lines of a chunk
     * @param bytes size in bytes at which a chunk is full
     */
    public record Limits(int lineBytes, int lines, int bytes) {

        /**
         * @param lineBytes longest line that is kept whole, in bytes
         * @return the limits of the file inbound
         */
        public static Limits ofFileInbound(int lineBytes) {
            return new Limits(lineBytes, LineChunks.MAX_LINES, LineChunks.MAX_BYTES);
        }
    }

    /**
     * @param name its name in dead letters and log lines
     * @param in the stream, positioned at the start
     * @param start where reading begins
     * @param limits the limits of a chunk
     * @param torn whether the stream broke off, so that an unterminated last line is incomplete; asked at its end
     * @param whenSettled is given each position before which everything is settled, and the results of the events
     *     before it
     */
    public ReadOnceLines(
            String name,
            InputStream in,
            FilePosition start,
            Limits limits,
            BooleanSupplier torn,
            BiConsumer<FilePosition, ReceiptSummary> whenSettled) {
        this.name = name;
        this.start = start;
        this.rest = new LineChunks(in, start, limits.lineBytes(), limits.lines(), limits.bytes());
        this.torn = torn;
        this.whenSettled = whenSettled;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public FilePosition start() {
        return start;
    }

    /** {@inheritDoc} The previous iterator must no longer be used. */
    @Override
    public synchronized Iterator<FileChunk> chunks(FilePosition from) {
        Deque<FileChunk> again = new ArrayDeque<>(unsettled);
        // Camel closes a closeable iterator, and with it the stream.
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return !again.isEmpty() || readOn();
            }

            @Override
            public FileChunk next() {
                if (!again.isEmpty()) {
                    return again.remove();
                }
                if (!readOn()) {
                    throw new NoSuchElementException();
                }
                return take();
            }
        };
    }

    @Override
    public void settled(FilePosition to, ReceiptSummary summary) {
        synchronized (this) {
            while (!unsettled.isEmpty() && unsettled.peek().to().offset() <= to.offset()) {
                unsettled.remove();
            }
        }
        whenSettled.accept(to, summary);
    }

    private synchronized boolean readOn() {
        if (ready == null && rest.hasNext()) {
            ready = whole(rest.next());
        }
        return ready != null;
    }

    private synchronized FileChunk take() {
        FileChunk chunk = ready;
        ready = null;
        unsettled.add(chunk);
        return chunk;
    }

    /** Removes the line that broke off. Only the last chunk can end within a line. */
    private FileChunk whole(FileChunk chunk) {
        byte[] body = chunk.body();
        if (chunk.problem() != null || body[body.length - 1] == '\n' || !torn.getAsBoolean()) {
            return chunk;
        }
        int end = body.length;
        while (end > 0 && body[end - 1] != '\n') {
            end--;
        }
        return end == 0
                ? null
                : new FileChunk(
                        Arrays.copyOf(body, end), chunk.from(), chunk.from().plus(end, chunk.lines()), null);
    }
}
