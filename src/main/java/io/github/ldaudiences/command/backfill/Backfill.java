package io.github.ldaudiences.command.backfill;

import io.github.ldaudiences.command.backfill.Place.Counts;
import io.github.ldaudiences.command.reporting.UnusableException;
import io.github.ldaudiences.event.ReceiptSummary;
import io.github.ldaudiences.inbound.file.FilePosition;
import io.github.ldaudiences.inbound.file.ReadOnceLines;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Sends one file of events, starting where an earlier run stopped, and saves its progress. */
final class Backfill {

    /** Events that were settled within this time may be sent again if the process is killed. */
    private static final long SAVE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final BackfillInput input;
    private final PlaceFile placeFile;
    private final Progress progress;

    // Written only by the thread that is settling, and read after that.
    private volatile Place place;
    private IOException notSaved;
    private long savedNanos = System.nanoTime();

    /**
     * @param input the file, at its beginning
     * @param place the progress of an earlier run
     * @param placeFile where the progress is saved; null if it is not
     * @param progress is told what is settled
     */
    Backfill(BackfillInput input, Place place, PlaceFile placeFile, Progress progress) {
        this.input = input;
        this.place = place;
        this.placeFile = placeFile;
        this.progress = progress;
    }

    /**
     * Sends the file until all of it is settled, or as much as can be read.
     *
     * @param way where it is sent
     * @throws UnusableException if the events are not accepted until something is corrected
     * @throws InterruptedException if the way is closed meanwhile
     * @throws IOException if an earlier place cannot be found again, or a place cannot be saved
     */
    void send(Way way) throws InterruptedException, IOException {
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
            notSaved = e; // reported at the end, which is soon enough
        }
    }

    /** For a compressed file, the data read so far tell roughly how many of its bytes an expanded one takes. */
    private double fileBytes(FilePosition to) {
        long expanded = input.expandedBytes();
        return expanded == 0 ? 0 : (double) to.offset() / expanded * input.readBytes();
    }
}
