package io.github.ldaudiences.backfill;

import io.github.ldaudiences.backfill.Place.Counts;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Shows how far a backfill is: in one line that changes on a terminal, else in a line from time to time. */
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
    private double bytesBefore; // of files that are done with, and of what earlier runs have settled
    private double bytesNow;
    private double bytesAtBegin;
    private boolean shown;

    /**
     * @param err where it is shown
     * @param terminal whether that is a terminal
     * @param way what events are sent on
     * @param totalBytes bytes of all files, or 0 if nobody knows
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

    /** @param earlier what earlier runs have settled of it, and how many bytes that takes up */
    synchronized void begin(Counts earlier, double bytes) {
        counts = counts.plus(earlier);
        countedBefore += earlier.events();
        bytesAtBegin += bytes;
        bytesNow = bytes;
    }

    /**
     * @param more what became of the events that are settled now
     * @param bytes how many bytes of the file are settled
     */
    synchronized void settled(Counts more, double bytes) {
        counts = counts.plus(more);
        bytesNow = bytes;
    }

    /** @param bytes of the file that is done with */
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
            // The cursor goes back to the beginning, so that a log line overwrites it.
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

    /** @return a time as people say it */
    static String text(Duration time) {
        long seconds = time.toSeconds();
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }

    /** What is printed afterwards begins on a line of its own. */
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
