package io.github.ldaudiences.command.backfill;

import io.github.ldaudiences.command.backfill.Place.Counts;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Shows the progress of a backfill: on a terminal in one line that changes, elsewhere in a new line from time to time.
 */
final class Progress implements AutoCloseable {

    private static final int LINE_WIDTH = 110;

    private final PrintStream err;
    private final boolean terminal;
    private final Way way;
    private final long totalBytes;
    private final long begun = System.nanoTime();
    private final ScheduledExecutorService clock;

    // Guarded by this.
    private Counts counts = Counts.NONE;
    private long countedBefore;
    private double bytesBefore; // of finished files, and of those that earlier runs have settled
    private double bytesNow;
    private double bytesAtBegin;
    private boolean shown;

    /**
     * @param err where it is shown
     * @param terminal whether that is a terminal
     * @param way where events are sent
     * @param totalBytes bytes of all files, or 0 if unknown
     * @param every how often a line is shown
     */
    Progress(PrintStream err, boolean terminal, Way way, long totalBytes, Duration every) {
        this.err = err;
        this.terminal = terminal;
        this.way = way;
        this.totalBytes = totalBytes;
        this.clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "backfill-progress");
            thread.setDaemon(true);
            return thread;
        });
        clock.scheduleAtFixedRate(this::show, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * @param earlier what earlier runs have settled of the file
     * @param bytes how many bytes that takes up
     */
    synchronized void begin(Counts earlier, double bytes) {
        counts = counts.plus(earlier);
        countedBefore += earlier.events();
        bytesAtBegin += bytes;
        bytesNow = bytes;
    }

    /**
     * @param more the results of the events that have just been settled
     * @param bytes how many bytes of the file are settled
     */
    synchronized void settled(Counts more, double bytes) {
        counts = counts.plus(more);
        bytesNow = bytes;
    }

    /** @param bytes of the finished file */
    synchronized void end(long bytes) {
        bytesBefore += bytes;
        bytesNow = 0;
    }

    synchronized Counts counts() {
        return counts;
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private void show() {
        String line = line();
        synchronized (this) {
            // The cursor returns to the beginning of the line, so that a log line overwrites it.
            err.print(terminal ? padded(line) + "\r" : line + System.lineSeparator());
            err.flush();
            shown = terminal;
        }
    }

    private synchronized String line() {
        double seconds = Math.max(0.001, elapsed().toMillis() / 1000.0);
        StringBuilder line = new StringBuilder();
        double done = bytesBefore + bytesNow;
        if (totalBytes > 0) {
            line.append(String.format(Locale.ROOT, "%.1f %%, ", Math.min(100, 100 * done / totalBytes)));
        }
        line.append(String.format(
                Locale.ROOT,
                "%,d events, %,.0f/s, %,d requests",
                counts.events(),
                (counts.events() - countedBefore) / seconds,
                way.requests()));
        String waitsFor = way.waitsFor();
        if (!waitsFor.isEmpty()) {
            line.append(", ").append(waitsFor);
        }
        double doneNow = done - bytesAtBegin;
        if (totalBytes > 0 && doneNow > 0) {
            line.append(", ")
                    .append(text(Duration.ofSeconds(Math.round(seconds * (totalBytes - done) / doneNow))))
                    .append(" left");
        }
        return line.toString();
    }

    private static String padded(String line) {
        return line.length() >= LINE_WIDTH
                ? line.substring(0, LINE_WIDTH)
                : line + " ".repeat(LINE_WIDTH - line.length());
    }

    /** @return a duration in words */
    static String text(Duration time) {
        long seconds = time.toSeconds();
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }

    /** Ends the line, so that later output starts on a new one. */
    @Override
    public void close() {
        clock.shutdownNow();
        synchronized (this) {
            if (shown) {
                err.print(" ".repeat(LINE_WIDTH) + "\r");
                err.flush();
            }
        }
    }
}
