package io.github.ldaudiences.deadletter;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads the lines of a file from its end to its beginning. It keeps at most one line and one block in memory. */
final class LinesFromEnd implements Closeable {

    /**
     * A line.
     *
     * @param start position of the line in the file
     * @param bytes the line without its end; null if it is too long
     */
    record Line(long start, byte[] bytes) {}

    private static final int BLOCK = 1 << 16;

    private final FileChannel channel;
    private final int maxLine;

    /**
     * Bytes that have been read but not returned: {@code held[0..length)}, which begins at {@code start} of the file.
     */
    private byte[] held = new byte[0];

    private int length;
    private long start;
    private boolean atEnd = true;

    /**
     * @param file the file
     * @param before where to begin: lines that start there or later are skipped
     * @param maxLine the maximum length of a line, in bytes
     * @throws IOException if the file cannot be read
     */
    LinesFromEnd(Path file, long before, int maxLine) throws IOException {
        channel = FileChannel.open(file);
        this.maxLine = maxLine;
        start = Math.min(before, channel.size());
    }

    /**
     * @return the line before the last returned one, or null if there is none
     * @throws IOException if the file cannot be read
     */
    Line next() throws IOException {
        if (start == 0 && length == 0) {
            return null;
        }
        if (atEnd) {
            atEnd = false;
            read();
            if (length > 0 && held[length - 1] == '\n') {
                length--; // the end of the last line
            }
        }
        boolean tooLong = false;
        int searched = length;
        while (true) {
            for (int i = searched - 1; i >= 0; i--) {
                if (held[i] == '\n') {
                    Line line = new Line(start + i + 1, tooLong ? null : Arrays.copyOfRange(held, i + 1, length));
                    length = i;
                    return line;
                }
            }
            if (start == 0) {
                Line line = new Line(0, tooLong ? null : Arrays.copyOf(held, length));
                length = 0;
                return line;
            }
            if (length > maxLine) {
                tooLong = true;
                length = 0;
            }
            searched = read();
        }
    }

    /** @return the number of bytes that were read in front of the held ones */
    private int read() throws IOException {
        // Doubles the held bytes, so that a long line is copied a few times instead of once for each block.
        int more = (int) Math.min(start, Math.max(BLOCK, length));
        byte[] both = new byte[more + length];
        ByteBuffer block = ByteBuffer.wrap(both, 0, more);
        while (block.hasRemaining()) {
            if (channel.read(block, start - more + block.position()) < 0) {
                throw new IOException("The file has become shorter.");
            }
        }
        System.arraycopy(held, 0, both, more, length);
        held = both;
        length = both.length;
        start -= more;
        return more;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
