package io.github.ldaudiences.command.importing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.ldaudiences.fixture.RandomJson;
import io.github.ldaudiences.mapping.MappingValue;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

@Tag("command")
class ConfiguredTextTest {

    @Property(tries = 500, seed = "20260101", edgeCases = EdgeCasesMode.NONE)
    void whatIsPrintedForAValueMeansTheSame(@ForAll("mappingValues") JsonNode value) throws IOException {
        String text = ConfiguredText.of(value);
        Properties read = new Properties();
        read.load(new StringReader(
                PropertiesPrinter.print(new ImportedMapping("any", "id", Map.of("key", text), List.of()))));

        assertThat(read).containsOnlyKeys("key");
        // The configuration strips what it reads, and looks for placeholders in what is no JSON object.
        String configured = read.getProperty("key").strip();
        assertThat(configured.startsWith("{") || !configured.contains("{{")).isTrue();
        assertThat(MappingValue.compile(configured))
                .isEqualTo(MappingValue.compile(JsonNodeFactory.instance
                        .objectNode()
                        .set("@literal", value)
                        .toString()));
    }

    @Provide
    Arbitrary<JsonNode> mappingValues() {
        // Text that is not well-formed Unicode is refused, wherever it stands.
        return RandomJson.mappingValues().filter(value -> UTF_8.newEncoder().canEncode(value.toString()));
    }
}
