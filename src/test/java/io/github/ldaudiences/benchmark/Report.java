package io.github.ldaudiences.benchmark;

import java.util.Locale;

/** Writes what was measured. */
final class Report {

    private Report() {}

    static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
