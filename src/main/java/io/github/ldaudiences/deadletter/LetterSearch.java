package io.github.ldaudiences.deadletter;

import io.github.ldaudiences.mapping.Mapping;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Searches the folder of the dead letter, the newest letters first, while others are written. Each search reads a
 * limited number of bytes, and then returns where to continue, so that it needs little memory and time.
 */
public final class LetterSearch {

    /** Longer lines are skipped. The largest events are far smaller. */
    static final int MAX_LINE_BYTES = 16 * 1024 * 1024;

    private static final String ID = "{\"" + DeadLetterLine.ID + "\":\"";

    private static final long MAX_BYTES = 64L * 1024 * 1024;

    private final DeadLetterFile folder;
    private final Collection<Mapping> mappings;
    private final long maxBytes;

    /**
     * @param folder the folder of the letters
     * @param mappings say which audience an event is about
     */
    public LetterSearch(DeadLetterFile folder, Collection<Mapping> mappings) {
        this(folder, mappings, MAX_BYTES);
    }

    LetterSearch(DeadLetterFile folder, Collection<Mapping> mappings, long maxBytes) {
        this.folder = folder;
        this.mappings = mappings;
        this.maxBytes = maxBytes;
    }

    /**
     * The result of a search.
     *
     * @param letters the letters, the newest first
     * @param next where to continue, or null if everything has been searched
     */
    public record Page(List<StoredLetter> letters, LetterCursor next) {}

    /** @return whether there is a folder that can be searched */
    public boolean isPossible() {
        return folder.isFolder();
    }

    /**
     * @param selection which letters to find
     * @param after where to continue, or null to begin with the newest
     * @param limit the maximum number of letters
     * @return the result; it may be empty although there is more to search
     * @throws IOException if a file cannot be read
     */
    public Page page(LetterSelection selection, LetterCursor after, int limit) throws IOException {
        List<StoredLetter> found = new ArrayList<>();
        List<Path> files = folder.ownFiles();
        long read = 0;
        for (int i = files.size() - 1; i >= 0; i--) {
            Path file = files.get(i);
            String name = file.getFileName().toString();
            // File names sort by time.
            int order = after == null ? -1 : name.compareTo(after.file());
            if (order > 0 || isOutside(name, selection)) {
                continue;
            }
            try (LinesFromEnd lines =
                    new LinesFromEnd(file, order == 0 ? after.offset() : Long.MAX_VALUE, MAX_LINE_BYTES)) {
                LinesFromEnd.Line line;
                while ((line = lines.next()) != null) {
                    read += line.bytes() == null ? MAX_LINE_BYTES : line.bytes().length + 1;
                    StoredLetter letter = letter(line.bytes(), selection);
                    if (letter != null) {
                        found.add(letter);
                    }
                    if (found.size() == limit || read >= maxBytes) {
                        return new Page(found, new LetterCursor(name, line.start()));
                    }
                }
            } catch (NoSuchFileException e) {
                // It was too old, and has been deleted meanwhile.
            }
        }
        return new Page(found, null);
    }

    /**
     * @param id id of a letter
     * @return the letter, or null if there is none
     * @throws IOException if a file cannot be read
     */
    public StoredLetter find(String id) throws IOException {
        LetterSelection selection = LetterSelection.ofId(id);
        LetterCursor after = null;
        do {
            Page page = page(selection, after, 1);
            if (!page.letters().isEmpty()) {
                return page.letters().get(0);
            }
            after = page.next();
        } while (after != null);
        return null;
    }

    private StoredLetter letter(byte[] line, LetterSelection selection) {
        // Excludes most lines much faster than parsing them.
        if (line == null || selection.ids() != null && isAnother(line, selection.ids())) {
            return null;
        }
        StoredLetter letter = StoredLetter.of(line);
        return letter != null && selection.matches(letter, mappings) ? letter : null;
    }

    /** Compares the id with which a line begins, as the bundle writes it. */
    private static boolean isAnother(byte[] line, Collection<String> ids) {
        int length = ID.length();
        if (line.length < length || !new String(line, 0, length, StandardCharsets.ISO_8859_1).equals(ID)) {
            return false;
        }
        int end = length;
        while (end < line.length && line[end] != '"') {
            end++;
        }
        return !ids.contains(new String(line, length, end - length, StandardCharsets.UTF_8));
    }

    /**
     * Whether a file of that day cannot contain the letters. A letter that was made before midnight may be written
     * after it.
     */
    private static boolean isOutside(String name, LetterSelection selection) {
        String day = DeadLetterFiles.dayOf(name);
        return selection.from() != null && day.compareTo(DeadLetterFiles.day(selection.from())) < 0
                || selection.to() != null
                        && day.compareTo(DeadLetterFiles.day(selection.to().plus(1, ChronoUnit.DAYS))) > 0;
    }
}
