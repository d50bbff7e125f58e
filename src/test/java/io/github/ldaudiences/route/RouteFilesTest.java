package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The route files as Kaoto and the YAML DSL of the Camel version in use want them. */
class RouteFilesTest {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** What has neither id nor description of its own in the DSL, or is no step. */
    private static final Set<String> NOT_STEPS = Set.of("expression", "parameters", "errorHandler", "redeliveryPolicy");

    static Stream<Path> files() throws IOException {
        return Files.list(Path.of("routes")).sorted();
    }

    @ParameterizedTest
    @MethodSource("files")
    void followsTheSchemaOfTheYamlDsl(Path file) throws IOException {
        try (InputStream schema = getClass().getResourceAsStream("/schema/camelYamlDsl.json")) {
            JsonSchema dsl =
                    JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(schema);
            assertThat(dsl.validate(YAML.readTree(file.toFile()))).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyRouteAndStepHasAnIdAndADescription(Path file) throws IOException {
        List<String> lacking = new ArrayList<>();
        for (JsonNode top : YAML.readTree(file.toFile())) {
            top.properties().forEach(entry -> check(entry.getKey(), entry.getValue(), lacking));
        }
        assertThat(lacking).isEmpty();
    }

    private static void check(String name, JsonNode step, List<String> lacking) {
        // The route of a template is named by what it is made for.
        boolean named = step.hasNonNull("id") && step.hasNonNull("description");
        if (!named && !(name.equals("route") && !step.has("id"))) {
            lacking.add(name + " " + step.path("id").asText(step.toString()));
        }
        step.properties().forEach(entry -> {
            if (entry.getKey().equals("steps") || entry.getKey().equals("when")) {
                for (JsonNode inner : entry.getValue()) {
                    if (entry.getKey().equals("when")) {
                        check("when", inner, lacking);
                    } else {
                        inner.properties().forEach(one -> check(one.getKey(), one.getValue(), lacking));
                    }
                }
            } else if (Set.of("from", "route", "otherwise").contains(entry.getKey())
                    && !NOT_STEPS.contains(entry.getKey())) {
                check(entry.getKey(), entry.getValue(), lacking);
            }
        });
    }

    @Test
    void noIdIsUsedTwice() throws IOException {
        List<String> ids = new ArrayList<>();
        for (Path file : files().toList()) {
            ids.addAll(YAML.readTree(file.toFile()).findValuesAsText("id"));
        }
        Set<String> seen = new HashSet<>();
        assertThat(ids).allSatisfy(id -> assertThat(seen.add(id)).as(id).isTrue());
    }
}
