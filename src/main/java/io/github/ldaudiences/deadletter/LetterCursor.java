package io.github.ldaudiences.deadletter;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a search for dead letters continues: before a position in a file, and then with older files.
 *
 * @param file name of one of the bundle's own files, which may have been deleted
 * @param offset position in the file, in bytes
 */
public record LetterCursor(String file, long offset) {

    private static final Pattern TEXT = Pattern.compile("(\\d{8}-\\d{3,9})\\.(\\d{1,18})");
    private static final String PREFIX = "dead-letter-";
    private static final String SUFFIX = ".ndjson";

    /**
     * @param text the result of {@link #toString}
     * @return the cursor
     * @throws IllegalArgumentException if the text is not a cursor
     */
    public static LetterCursor parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(text);
        }
        return new LetterCursor(PREFIX + parts.group(1) + SUFFIX, Long.parseLong(parts.group(2)));
    }

    @Override
    public String toString() {
        return file.substring(PREFIX.length(), file.length() - SUFFIX.length()) + "." + offset;
    }
}
