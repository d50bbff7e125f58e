package io.github.ldaudiences.inbound.file;

import io.github.ldaudiences.event.ReceiptSummary;
import java.util.Iterator;

/** Lines that are read in chunks, and how far they are settled. */
public interface LineSource {

    /** @return its name in dead letters and log lines */
    String name();

    /** @return the position of the first line that is not settled when reading begins */
    FilePosition start();

    /**
     * @param from position of the first line that is not settled
     * @return the lines from there on
     */
    Iterator<FileChunk> chunks(FilePosition from);

    /**
     * Everything before a position is settled.
     *
     * @param to the position, which is the end of a chunk
     * @param summary the results of the events in that chunk
     */
    void settled(FilePosition to, ReceiptSummary summary);
}
