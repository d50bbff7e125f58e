package io.github.ldaudiences.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Finds the name that somebody may have meant. */
public final class Suggestion {

    private Suggestion() {}

    /**
     * @param mistaken a name that is not known
     * @param known the names that are
     * @return {@code " Did you mean …?"}, or an empty text if no known name is like the mistaken one
     */
    public static String of(String mistaken, Collection<String> known) {
        String plain = plain(mistaken);
        return known.stream()
                .filter(name -> distance(plain, plain(name)) <= Math.max(2, plain.length() / 6))
                .min(Comparator.comparingInt((String name) -> distance(plain, plain(name)))
                        .thenComparing(Comparator.naturalOrder()))
                .map(name -> " Did you mean " + name + "?")
                .orElse("");
    }

    /** Capitals and separators are what differs between a property and its environment variable. */
    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace('.', '-').replace('_', '-');
    }

    /** Levenshtein's: how many characters must be put in, taken out or replaced. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}
