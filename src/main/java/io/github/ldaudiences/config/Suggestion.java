package io.github.ldaudiences.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Suggests a known name for a misspelt one. */
public final class Suggestion {

    private Suggestion() {}

    /**
     * @param mistaken an unknown name
     * @param known the known names
     * @return {@code " Did you mean …?"}, or an empty text if no known name is similar
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

    /** Removes case and separators, in which a property differs from its environment variable. */
    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace('.', '-').replace('_', '-');
    }

    /** Levenshtein distance: how many characters must be inserted, deleted or replaced. */
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
