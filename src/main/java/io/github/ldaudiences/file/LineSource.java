package io.github.ldaudiences.file;

import io.github.ldaudiences.event.ReceiptSummary;
import java.util.Iterator;

/** Lines that are read some at a time, and how far they are settled. */
public interface LineSource {

    /** @return what dead letters and log lines call it */
    String name();

    /** @return where the first line begins that is not settled when the reading begins */
    FilePosition start();

    /**
     * @param from where the first line begins that is not settled
     * @return the lines from there on
     */
    Iterator<FileChunk> chunks(FilePosition from);

    /**
     * Everything before a place is settled.
     *
     * @param to the place, which is the end of a chunk
     * @param summary what became of the events of that chunk
     */
    void settled(FilePosition to, ReceiptSummary summary);
}
