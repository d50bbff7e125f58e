package io.github.ldaudiences.inbound.file;

/**
 * A position in a file where a line begins.
 *
 * @param offset bytes before it
 * @param line number of the line, from 1
 */
public record FilePosition(long offset, long line) {

    /** The beginning of a file. */
    public static final FilePosition START = new FilePosition(0, 1);

    FilePosition plus(long bytes, long lines) {
        return new FilePosition(offset + bytes, line + lines);
    }
}
