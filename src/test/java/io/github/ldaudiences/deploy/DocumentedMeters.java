package io.github.ldaudiences.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The meters in the table of docs/operations.md. */
final class DocumentedMeters {

    private static final Pattern NAME = Pattern.compile("audiences_[a-z_]+");

    private DocumentedMeters() {}

    static Set<String> names() {
        Set<String> names = new TreeSet<>();
        try {
            for (String line : Files.readAllLines(Path.of("docs/operations.md"))) {
                if (line.startsWith("| `audiences_")) {
                    Matcher meters = NAME.matcher(line.split(" \\| ")[0]);
                    while (meters.find()) {
                        names.add(meters.group());
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    /** The meter that has a series of that name: a histogram has several. */
    static String meter(String series) {
        boolean part = series.startsWith("audiences_") && !names().contains(series);
        return part ? series.replaceFirst("_(bucket|count|sum)$", "") : series;
    }
}
