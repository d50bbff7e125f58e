package io.github.ldaudiences.backfill;

import io.github.ldaudiences.file.LineSource;
import io.github.ldaudiences.file.ReadOnceLines;

/** A way to LaunchDarkly that events can be sent on. */
interface Way extends AutoCloseable {

    /** @return what a place says of where events go, without secrets; null if it is gone with the process */
    String target();

    /** @return what one chunk of lines may hold */
    ReadOnceLines.Limits limits();

    /**
     * Sends lines until all of them are settled, however long that takes.
     *
     * @param lines the lines, which are told how far they are settled
     * @throws NotTakenException if they will never be taken as things are
     * @throws InterruptedException if {@link #close()} has been called meanwhile
     */
    void send(LineSource lines) throws NotTakenException, InterruptedException;

    /** @return requests that have been sent */
    long requests();

    /** @return what is waited for, in a few words; empty if there is nothing */
    String waitsFor();

    /** Ends what is under way; may be called by another thread than the one that sends, and more than once. */
    @Override
    void close();
}
