package io.github.ldaudiences.command.importing;

import java.util.Locale;

/**
 * Prints mappings as lines of {@code application.properties}, which Java and Camel read the same way in any encoding.
 */
final class PropertiesPrinter {

    private PropertiesPrinter() {}

    /**
     * @param mapping a mapping
     * @return a comment with its name, and its properties, one on each line
     */
    static String print(ImportedMapping mapping) {
        StringBuilder lines = new StringBuilder("# " + mapping.name().strip().replaceAll("\\p{Cntrl}+", " ") + "\n");
        mapping.properties()
                .forEach((key, value) ->
                        lines.append(key).append('=').append(escaped(value)).append('\n'));
        return lines.toString();
    }

    private static String escaped(String value) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\' || (c == ' ' && i == 0)) {
                text.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                text.append(String.format(Locale.ROOT, "\\u%04X", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
