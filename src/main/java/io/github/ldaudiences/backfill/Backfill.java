package io.github.ldaudiences.backfill;

import io.github.ldaudiences.backfill.Place.Counts;
import io.github.ldaudiences.event.ReceiptSummary;
import io.github.ldaudiences.file.FilePosition;
import io.github.ldaudiences.file.ReadOnceLines;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Sends one file of events, from where an earlier run has brought it, and keeps the place that it has come to. */
final class Backfill {

    /** What is settled in less time may be sent again, should the process be killed. */
    private static final long SAVE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final BackfillInput input;
    private final PlaceFile placeFile;
    private final Progress progress;

    // Written by the one thread that settles at a time, and read after it.
    private volatile Place place;
    private IOException notSaved;
    private long savedNanos = System.nanoTime();

    /**
     * @param input the file, at its beginning
     * @param place what an earlier run has brought it to
     * @param placeFile where the place is kept; null if it is not
     * @param progress is told what is settled
     */
    Backfill(BackfillInput input, Place place, PlaceFile placeFile, Progress progress) {
        this.input = input;
        this.place = place;
        this.placeFile = placeFile;
        this.progress = progress;
    }

    /**
     * Sends it until all of it is settled, or as much as can be read.
     *
     * @param way what it is sent on
     * @throws NotTakenException if nobody takes it as things are
     * @throws InterruptedException if the way is closed meanwhile
     * @throws IOException if an earlier place cannot be found again, or a place cannot be kept
     */
    void send(Way way) throws NotTakenException, InterruptedException, IOException {
        input.lines().skipNBytes(place.settledTo().offset());
        progress.begin(place.counts(), fileBytes(place.settledTo()));
        try {
            way.send(new ReadOnceLines(
                    input.name(),
                    input.lines(),
                    place.settledTo(),
                    way.limits(),
                    () -> input.damage() != null,
                    this::settled));
            if (input.damage() == null) {
                place = place.completed();
            }
        } finally {
            progress.end(input.size());
            save();
        }
        if (notSaved != null) {
            throw notSaved;
        }
    }

    Place place() {
        return place;
    }

    private void settled(FilePosition to, ReceiptSummary summary) {
        Counts more = new Counts(summary.delivered(), summary.skipped(), summary.rejected());
        place = place.at(to, more);
        progress.settled(more, fileBytes(to));
        if (System.nanoTime() - savedNanos > SAVE_NANOS) {
            save();
            savedNanos = System.nanoTime();
        }
    }

    private void save() {
        if (placeFile == null) {
            return;
        }
        try {
            placeFile.write(place);
            notSaved = null;
        } catch (IOException e) {
            notSaved = e; // the end is soon enough to say so
        }
    }

    /** Of a compressed file, what has been read tells how many of its bytes an expanded one takes, roughly. */
    private double fileBytes(FilePosition to) {
        long expanded = input.expandedBytes();
        return expanded == 0 ? 0 : (double) to.offset() / expanded * input.readBytes();
    }
}
