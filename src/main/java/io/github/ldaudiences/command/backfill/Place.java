package io.github.ldaudiences.command.backfill;

import io.github.ldaudiences.inbound.file.FilePosition;

/**
 * The progress in a file.
 *
 * @param file the file, by its full path
 * @param size its bytes
 * @param modified when it was last written, in epoch milliseconds
 * @param target where its events go
 * @param settledTo before this position, every event is delivered, skipped or dead-lettered
 * @param counts the results of these events
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
