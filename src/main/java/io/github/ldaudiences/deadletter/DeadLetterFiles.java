package io.github.ldaudiences.deadletter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a folder that holds dead letters: one for each day in UTC, and another when a file is full. Beyond the
 * folder's limit nothing can be written until someone makes room.
 */
final class DeadLetterFiles {

    private static final Pattern NAME = Pattern.compile("dead-letter-(\\d{8})-(\\d{3,9})\\.ndjson");

    private final long maxFileBytes;
    private final long maxBytes;
    private final Clock clock;
    private volatile long needed = 1;

    // Guarded by this.
    private String day;
    private int number;
    private Path last;

    /**
     * @param maxFileBytes the size in bytes at which a file is full, at least 1
     * @param maxBytes the maximum size of the folder in bytes; 0 for no limit
     * @param clock supplies the day
     */
    DeadLetterFiles(long maxFileBytes, long maxBytes, Clock clock) {
        this.maxFileBytes = maxFileBytes;
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /**
     * Chooses the file for the next write, and completes unfinished last lines of existing files.
     *
     * @param folder the folder, which need not exist
     * @param bytes the number of bytes that will be appended
     * @return the name of a file in it
     * @throws IOException if a file cannot be read
     * @throws DeadLetterFullException if there is no room for that many bytes
     */
    synchronized String next(Path folder, long bytes) throws IOException, DeadLetterFullException {
        String full = full(folder, bytes);
        if (full != null) {
            needed = bytes;
            throw new DeadLetterFullException(full);
        }
        needed = 1;
        if (last == null) {
            // Includes files of other processes: if a file that is no longer appended to ended with half a line, that
            // line would swallow the first line of the next file when the two are read together.
            for (Path file : files(folder)) {
                if (NAME.matcher(file.getFileName().toString()).matches()) {
                    WholeLines.end(file);
                }
            }
        } else {
            WholeLines.end(last);
        }
        String today = LocalDate.now(clock).format(DateTimeFormatter.BASIC_ISO_DATE);
        if (!today.equals(day)) {
            day = today;
            number = Math.max(1, highestNumber(folder));
        }
        long size;
        while ((size = size(folder.resolve(name()))) > 0 && size + bytes > maxFileBytes) {
            number++;
        }
        last = folder.resolve(name());
        WholeLines.end(last);
        return name();
    }

    /**
     * @param folder the folder
     * @return why nothing more can be written to it and what to do, or null if it has room
     */
    String full(Path folder) {
        return full(folder, needed);
    }

    private String full(Path folder, long more) {
        if (maxBytes == 0) {
            return null;
        }
        long bytes = bytes(folder);
        return bytes + more <= maxBytes
                ? null
                : "The dead letter is full: " + folder
                        + " holds " + bytes
                        + " bytes, and audiences.dead-letter.max-bytes=" + maxBytes
                        + ". Move away files that you are done with, or raise the limit. Until"
                        + " then, sources keep their events.";
    }

    /**
     * @param folder the folder
     * @return the size of its files in bytes
     */
    static long bytes(Path folder) {
        return files(folder).stream().mapToLong(DeadLetterFiles::size).sum();
    }

    /**
     * Deletes the files of days that are too old. Other files in the folder are kept.
     *
     * @param folder the folder
     * @param maxAgeDays how many days a file is kept after its day, at least 1
     * @return the names of the deleted files
     * @throws IOException if a file cannot be deleted
     */
    List<String> deleteOld(Path folder, int maxAgeDays) throws IOException {
        String oldest = LocalDate.now(clock).minusDays(maxAgeDays).format(DateTimeFormatter.BASIC_ISO_DATE);
        List<String> deleted = new ArrayList<>();
        for (Path file : files(folder)) {
            Matcher name = NAME.matcher(file.getFileName().toString());
            if (name.matches() && name.group(1).compareTo(oldest) < 0 && Files.deleteIfExists(file)) {
                deleted.add(name.group());
            }
        }
        return deleted;
    }

    /** @return the files that the bundle has written, in the order of their names */
    static List<Path> own(Path folder) {
        return files(folder).stream()
                .filter(file -> NAME.matcher(file.getFileName().toString()).matches())
                .sorted()
                .toList();
    }

    /** @return the day of a time, as in file names */
    static String day(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC).format(DateTimeFormatter.BASIC_ISO_DATE);
    }

    /** @return the day in the name of one of the {@link #own} files */
    static String dayOf(String name) {
        Matcher own = NAME.matcher(name);
        return own.matches() ? own.group(1) : "";
    }

    private String name() {
        return String.format("dead-letter-%s-%03d.ndjson", day, number);
    }

    private int highestNumber(Path folder) {
        int highest = 0;
        for (Path file : files(folder)) {
            Matcher name = NAME.matcher(file.getFileName().toString());
            if (name.matches() && name.group(1).equals(day)) {
                highest = Math.max(highest, Integer.parseInt(name.group(2)));
            }
        }
        return highest;
    }

    private static List<Path> files(Path folder) {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.filter(Files::isRegularFile).forEach(files::add);
        } catch (IOException e) {
            // It does not exist yet. If it is unreadable, writing to it reports that.
        }
        return files;
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0; // it does not exist, or no longer exists
        }
    }
}
