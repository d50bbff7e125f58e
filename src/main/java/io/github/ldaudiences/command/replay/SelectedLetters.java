package io.github.ldaudiences.command.replay;

import io.github.ldaudiences.deadletter.LetterLines;
import io.github.ldaudiences.deadletter.LetterSelection;
import io.github.ldaudiences.deadletter.StoredLetter;
import io.github.ldaudiences.mapping.Mapping;
import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The selected dead letters of some files. The files are read twice, to count and to send the letters, which are never
 * all in memory.
 */
final class SelectedLetters {

    private final LetterLines lines;
    private final LetterSelection selection;
    private final Collection<Mapping> mappings;
    private final Map<List<String>, Long> counts =
            new TreeMap<>(Comparator.comparing((List<String> key) -> key.get(0)).thenComparing(key -> key.get(1)));
    private long count;
    private long unreadable;

    /** Is given each letter. */
    interface Taker {

        /** @return whether to go on */
        boolean take(StoredLetter letter) throws IOException, InterruptedException;
    }

    SelectedLetters(LetterLines lines, LetterSelection selection, Collection<Mapping> mappings)
            throws IOException, InterruptedException {
        this.lines = lines;
        this.selection = selection;
        this.mappings = mappings;
        read(() -> unreadable++, letter -> {
            count++;
            counts.merge(List.of(shown(letter.mapping()), shown(letter.code())), 1L, Long::sum);
            return true;
        });
    }

    long count() {
        return count;
    }

    void forEach(Taker taker) throws IOException, InterruptedException {
        read(() -> {}, taker);
    }

    private void read(Runnable noLetter, Taker taker) throws IOException, InterruptedException {
        Set<String> ids = new HashSet<>(); // a letter is there twice if writing it had to be repeated
        lines.read(letter -> {
            if (letter == null) {
                noLetter.run();
                return true;
            }
            boolean taken = selection.matches(letter, mappings) && (letter.id() == null || ids.add(letter.id()));
            return !taken || taker.take(letter);
        });
    }

    /** Returns how many lines are not dead letters, as the rest of a sentence. */
    String unreadable() {
        return unreadable == 0 ? "" : "; " + unreadable + " lines are not dead letters and are skipped";
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format("%8s  %-30s %s%n", "LETTERS", "MAPPING", "CODE"));
        counts.forEach(
                (key, letters) -> text.append(String.format("%8d  %-30s %s%n", letters, key.get(0), key.get(1))));
        return text.append(String.format("%8d  in %d files%s%n", count, lines.files(), unreadable()))
                .toString();
    }

    /** Replaces characters that control a terminal, because the file may come from anybody. */
    private static String shown(String name) {
        return name == null ? "-" : name.replaceAll("\\p{Cntrl}", " ");
    }
}
