package io.github.ldaudiences.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The reference in the documentation says what the catalogue says. */
@Tag("config")
class ConfigurationReferenceTest {

    private static final Path REFERENCE = Path.of("docs/configuration.md");
    private static final String BEGIN =
            "<!-- properties: made from the catalogue, see ConfigurationReferenceTest -->\n";
    private static final String END = "<!-- end of properties -->";

    @Test
    void theReferenceIsThatOfTheCatalogue() throws IOException {
        String text = Files.readString(REFERENCE);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        if (Boolean.getBoolean("update-reference")) {
            Files.writeString(REFERENCE, text.substring(0, begin) + reference() + text.substring(end));
            return;
        }
        assertThat(text.substring(begin, end))
                .as("run mvn test -Dtest=ConfigurationReferenceTest -Dupdate-reference=true")
                .isEqualTo(reference());
    }

    @Test
    void theShippedPropertiesAreInTheCatalogue() throws IOException {
        Properties shipped = new Properties();
        try (var in = Files.newBufferedReader(Path.of("application.properties"))) {
            shipped.load(in);
        }
        assertThat(shipped.stringPropertyNames())
                .filteredOn(key -> key.startsWith(Settings.PREFIX))
                .allSatisfy(key -> assertThat(Catalogue.all())
                        .anyMatch(property -> property.isPerInstance()
                                ? Settings.idIn(key, property) != null
                                : property.key().equals(key)));
    }

    private static String reference() {
        StringBuilder text = new StringBuilder();
        for (Property<?> property : Catalogue.all()) {
            text.append("\n### `").append(property.key()).append("`\n\n");
            text.append(property.meaning()).append("\n\n");
            text.append("Allowed: ").append(property.allowed()).append(".  \n");
            String value = property.defaultValue();
            text.append("Default: ")
                    .append(value.isEmpty() ? "empty" : "`" + value + "`")
                    .append(".\n");
        }
        return text.append('\n').toString();
    }
}
