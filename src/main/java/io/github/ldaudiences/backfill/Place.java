package io.github.ldaudiences.backfill;

import io.github.ldaudiences.file.FilePosition;

/**
 * How far a file has been brought.
 *
 * @param file the file, by its whole name
 * @param size its bytes
 * @param modified when it was written last, in epoch milliseconds
 * @param target where its events go
 * @param settledTo before it, every event is delivered, skipped or dead-lettered
 * @param counts what became of them
 * @param complete whether that is all of the file
 */
record Place(
        String file, long size, long modified, String target, FilePosition settledTo, Counts counts, boolean complete) {

    /**
     * Numbers of events.
     *
     * @param delivered events that LaunchDarkly has, or the running bundle has taken over
     * @param skipped events that no mapping wanted
     * @param rejected events that cannot be delivered
     */
    record Counts(long delivered, long skipped, long rejected) {

        static final Counts NONE = new Counts(0, 0, 0);

        Counts plus(Counts more) {
            return new Counts(delivered + more.delivered, skipped + more.skipped, rejected + more.rejected);
        }

        long events() {
            return delivered + skipped + rejected;
        }
    }

    Place at(FilePosition position, Counts more) {
        return new Place(file, size, modified, target, position, counts.plus(more), complete);
    }

    Place completed() {
        return new Place(file, size, modified, target, settledTo, counts, true);
    }
}
