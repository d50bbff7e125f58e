package io.github.ldaudiences.command.importing;

import java.text.Normalizer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Makes mapping ids from names: letters, digits and hyphens, each id unique. */
final class MappingIds {

    private final Set<String> taken = new HashSet<>();

    /**
     * @param name any text
     * @return an id that was not returned before
     */
    String of(String name) {
        String letters = Normalizer.normalize(name, Normalizer.Form.NFD).replaceAll("\\p{M}", "");
        String words =
                letters.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", " ").strip();
        String first = words.isEmpty() ? "mapping" : words.replace(' ', '-');
        String id = first;
        for (int number = 2; !taken.add(id); number++) {
            id = first + "-" + number;
        }
        return id;
    }
}
