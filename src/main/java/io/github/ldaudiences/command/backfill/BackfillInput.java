package io.github.ldaudiences.command.backfill;

import io.github.ldaudiences.command.reporting.NamedInput;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** A file of events, or the standard input, plain or compressed with gzip. Data that cannot be read end it early. */
final class BackfillInput implements Closeable {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final String name;
    private final long size;
    private final Counted counted;
    private final ToFirstDamage lines;

    private BackfillInput(String name, long size, InputStream in) throws IOException {
        this.name = name;
        this.size = size;
        this.counted = new Counted(in);
        BufferedInputStream peeked = new Peeked(counted);
        this.lines = new ToFirstDamage(isGzip(peeked) ? new GZIPInputStream(peeked, BUFFER_BYTES) : peeked);
    }

    /**
     * @param file the file, or {@link NamedInput#STANDARD_INPUT}
     * @param standardInput is read in that case
     * @return the input, at its beginning
     * @throws IOException if it cannot be opened
     */
    static BackfillInput open(String file, InputStream standardInput) throws IOException {
        if (file.equals(NamedInput.STANDARD_INPUT)) {
            return new BackfillInput("standard input", 0, standardInput);
        }
        Path path = Path.of(file);
        InputStream in = Files.newInputStream(path);
        try {
            return new BackfillInput(file, Files.size(path), in);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private static boolean isGzip(BufferedInputStream in) throws IOException {
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return gzip;
    }

    String name() {
        return name;
    }

    /** @return bytes of the file, or 0 if unknown */
    long size() {
        return size;
    }

    /** @return bytes of the file that have been read */
    long readBytes() {
        return counted.bytes;
    }

    /** @return bytes of the expanded content that have been read */
    long expandedBytes() {
        return lines.bytes;
    }

    /** @return the expanded content */
    InputStream lines() {
        return lines;
    }

    /** @return why it could not be read to its end, in a few words; null if there was no problem so far */
    String damage() {
        return lines.damage;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }

    /** Counts the bytes that have been read. */
    private static final class Counted extends FilterInputStream {

        private volatile long bytes; // written by one thread at a time

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            bytes += one < 0 ? 0 : 1;
            return one;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = super.read(buffer, offset, length);
            bytes += Math.max(0, count);
            return count;
        }
    }

    /** Detects the end of the stream. */
    private static final class Peeked extends BufferedInputStream {

        Peeked(InputStream in) {
            super(in, BUFFER_BYTES);
        }

        /** The JDK takes 0 for the end of the input, where several gzip files may have been concatenated. */
        @Override
        public synchronized int available() throws IOException {
            mark(1);
            boolean end = read() < 0;
            reset();
            return end ? 0 : 1;
        }
    }

    /** Ends at the first data that cannot be read. */
    private static final class ToFirstDamage extends FilterInputStream {

        private volatile String damage;
        private volatile long bytes; // written by one thread at a time

        ToFirstDamage(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        /** Reads instead of skipping, because skipped bytes count and may be damaged, too. */
        @Override
        public long skip(long count) {
            byte[] passed = new byte[(int) Math.min(count, BUFFER_BYTES)];
            return Math.max(0, read(passed, 0, passed.length));
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (damage != null) {
                return -1;
            }
            try {
                int count = super.read(buffer, offset, length);
                bytes += Math.max(0, count);
                return count;
            } catch (EOFException e) {
                damage = "it ends before the end of the compressed data";
            } catch (IOException e) {
                damage = e.getMessage() == null ? e.toString() : e.getMessage();
            }
            return -1;
        }
    }
}
