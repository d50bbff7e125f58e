package io.github.ldaudiences.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.ldaudiences.fql.Fql;
import io.github.ldaudiences.mapping.MappingValue;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The examples of the documentation of mappings are right. */
@Tag("config")
class MappingsDocumentationTest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(.+?)` \\| (.+) \\|$");

    @Test
    void theExamplesOfPropertiesCanBeUsed() throws IOException {
        List<MatchResult> blocks = Pattern.compile("(?s)```properties\\n(.*?)```")
                .matcher(text())
                .results()
                .toList();
        assertThat(blocks).hasSize(7);
        for (MatchResult block : blocks) {
            Properties properties = new Properties();
            properties.load(new StringReader(block.group(1)));
            DefaultCamelContext context = new DefaultCamelContext();
            context.getPropertiesComponent().setInitialProperties(properties);
            properties.putIfAbsent("audiences.destination.launchdarkly.client-side-id", "c");
            assertThat(Mappings.of(Settings.read(new PropertyLookup(context.getPropertiesComponent()))))
                    .isNotEmpty();
        }
    }

    @Test
    void theExamplesOfTriggersCompile() throws IOException {
        List<MatchResult> rows = ROW.matcher(section("Triggers")).results().toList();
        assertThat(rows).hasSizeGreaterThan(8);
        for (MatchResult row : rows) {
            assertThatCode(() -> Fql.compile(row.group(1))).as(row.group(1)).doesNotThrowAnyException();
        }
    }

    @Test
    void theExamplesOfValuesGiveWhatIsSaid() throws IOException {
        String section = section("Values");
        int begin = section.indexOf("```json") + "```json".length();
        JsonNode event = JSON.readTree(section.substring(begin, section.indexOf("```", begin)));
        List<MatchResult> rows = ROW.matcher(section).results().toList();
        assertThat(rows).hasSizeGreaterThan(15);
        for (MatchResult row : rows) {
            assertThat(MappingValue.compile(row.group(1)).in(event))
                    .as(row.group(1))
                    .isEqualTo(JSON.readTree(row.group(2).replaceAll("^`|`$", "")));
        }
    }

    private static String section(String heading) throws IOException {
        String text = text();
        int begin = text.indexOf("\n## " + heading + "\n");
        return text.substring(begin, text.indexOf("\n## ", begin + 1));
    }

    private static String text() throws IOException {
        return Files.readString(Path.of("docs/mappings.md"));
    }
}
