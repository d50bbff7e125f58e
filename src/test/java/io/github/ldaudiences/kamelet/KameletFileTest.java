package io.github.ldaudiences.kamelet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Property;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The Kamelet's contract, as those read it who choose it in a catalogue. */
@Tag("deploy")
class KameletFileTest {

    private final JsonNode kamelet = read();
    private final JsonNode definition = kamelet.at("/spec/definition");

    private static JsonNode read() {
        try {
            return new ObjectMapper(new YAMLFactory())
                    .readTree(Path.of("kamelets/launchdarkly-audience-sink.kamelet.yaml")
                            .toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void eachPropertyHasATitleAMeaningAndADefaultOrAnExample() {
        assertThat(definition.path("properties").properties()).allSatisfy(property -> {
            JsonNode each = property.getValue();
            assertThat(each.path("title").asText()).isNotEmpty();
            assertThat(each.path("description").asText()).endsWith(".");
            assertThat(each.path("type").asText()).isIn("string", "integer");
            assertThat(each.has("default") || each.has("example"))
                    .as(property.getKey())
                    .isTrue();
        });
        assertThat(definition.at("/properties/token/format").asText()).isEqualTo("password");
    }

    @Test
    void whatHasNoDefaultIsRequiredOrMayBeLeftOut() {
        JsonNode set = kamelet.at("/spec/template/beans/0/properties");
        Set<String> required = new TreeSet<>();
        definition.path("required").forEach(name -> required.add(name.asText()));
        definition.path("properties").properties().forEach(property -> {
            boolean always = property.getValue().has("default") || required.contains(property.getKey());
            assertThat(set.path(property.getKey()).asText())
                    .isEqualTo("{{" + (always ? "" : "?") + property.getKey() + "}}");
        });
        assertThat(set.size()).isEqualTo(definition.path("properties").size());
    }

    @Test
    void defaultsAreThoseOfTheBundle() {
        Map<String, Property<?>> properties = Map.of(
                "instance", Catalogue.DESTINATION_INSTANCE,
                "trigger", Catalogue.MAPPING_TRIGGER,
                "contextKind", Catalogue.MAPPING_CONTEXT_KIND,
                "contextKey", Catalogue.MAPPING_CONTEXT_KEY,
                "maxWaitMs", Catalogue.BATCH_MAX_WAIT_MS,
                "timeoutMs", Catalogue.ENDPOINT_MESSAGE_TIMEOUT_MS,
                "deadLetterUri", Catalogue.DEAD_LETTER_URI);
        properties.forEach((name, property) -> assertThat(
                        definition.at("/properties/" + name + "/default").asText())
                .isEqualTo(property.defaultValue()));
    }

    @Test
    void valuesToChooseFromAreThoseOfTheBundle() {
        Map.of("instance", Catalogue.DESTINATION_INSTANCE, "contextKey", Catalogue.MAPPING_CONTEXT_KEY)
                .forEach((name, property) -> {
                    List<String> offered = new ArrayList<>();
                    definition.at("/properties/" + name + "/enum").forEach(value -> offered.add(value.asText()));
                    assertThat(property.allowed()).isEqualTo("one of " + String.join(", ", offered));
                });
    }
}
