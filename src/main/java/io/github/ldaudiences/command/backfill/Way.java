package io.github.ldaudiences.command.backfill;

import io.github.ldaudiences.command.reporting.UnusableException;
import io.github.ldaudiences.inbound.file.LineSource;
import io.github.ldaudiences.inbound.file.ReadOnceLines;

/** A way to send events to LaunchDarkly. */
interface Way extends AutoCloseable {

    /** @return how a place names the target of the events, without secrets; null if the target ends with the process */
    String target();

    /** @return the limits of one chunk of lines */
    ReadOnceLines.Limits limits();

    /**
     * Sends lines until all of them are settled, however long that takes.
     *
     * @param lines the lines, which are told how far they are settled
     * @throws UnusableException if they are not accepted until something is corrected
     * @throws InterruptedException if {@link #close()} has been called meanwhile
     */
    void send(LineSource lines) throws InterruptedException;

    /** @return requests that have been sent */
    long requests();

    /** @return what it is waiting for, in a few words; empty for nothing */
    String waitsFor();

    /** Ends what is in flight. May be called by another thread than the sending one, and more than once. */
    @Override
    void close();
}
