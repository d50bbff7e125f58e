package io.github.ldaudiences.deadletter;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Reads dead letters from files, in the order in which they were written. It reads only what the files held when it was
 * created, and skips letters that are appended later because they are rejected again.
 */
public final class LetterLines {

    private record Part(Path file, long size) {}

    private final List<Part> parts = new ArrayList<>();

    /** Receives each line. */
    @FunctionalInterface
    public interface Reader {

        /**
         * @param letter the letter in the line, or null if it has none
         * @return whether to continue
         * @throws IOException if the reader cannot continue
         * @throws InterruptedException if the thread is interrupted
         */
        boolean read(StoredLetter letter) throws IOException, InterruptedException;
    }

    /**
     * @param places files, and folders whose own files of the bundle are read
     * @throws IOException naming a file or folder that cannot be read
     */
    public LetterLines(Collection<Path> places) throws IOException {
        for (Path place : places) {
            if (Files.isDirectory(place)) {
                for (Path file : DeadLetterFiles.own(place)) {
                    parts.add(new Part(file, Files.size(file)));
                }
            } else if (Files.isReadable(place)) {
                parts.add(new Part(place, Files.size(place)));
            } else {
                throw new IOException(place + " cannot be read.");
            }
        }
    }

    /** @return how many files there are */
    public int files() {
        return parts.size();
    }

    /**
     * @param reader receives each line that is not empty
     * @throws IOException if a file cannot be read, or the reader cannot continue
     * @throws InterruptedException if the reader is interrupted
     */
    public void read(Reader reader) throws IOException, InterruptedException {
        for (Part part : parts) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(part.file()), 1 << 16)) {
                if (!read(in, part.size(), reader)) {
                    return;
                }
            }
        }
    }

    private static boolean read(InputStream in, long size, Reader reader) throws IOException, InterruptedException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean tooLong = false;
        for (long at = 0; at <= size; at++) {
            int next = at == size ? -1 : in.read();
            if (next >= 0 && next != '\n') {
                tooLong |= line.size() == LetterSearch.MAX_LINE_BYTES;
                if (!tooLong) {
                    line.write(next);
                }
                continue;
            }
            if (line.size() > 0 && !reader.read(tooLong ? null : StoredLetter.of(line.toByteArray()))) {
                return false;
            }
            line.reset();
            tooLong = false;
            if (next < 0) {
                return true;
            }
        }
        return true;
    }
}
