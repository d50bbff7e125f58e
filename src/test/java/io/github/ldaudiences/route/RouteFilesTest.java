package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.github.ldaudiences.fixture.YamlDsl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The route files as the YAML DSL of the Camel version in use wants them, and written out as Kaoto and Karavan write them, so
 * that they open them and change nothing that was not edited.
 */
@Tag("project")
class RouteFilesTest {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private static final Set<String> EXPRESSIONS =
            Set.of("expression", "correlationExpression", "handled", "continued", "retryWhile");
    private static final List<String> LANGUAGES =
            List.of("simple", "constant", "method", "exchangeProperty", "language");

    static Stream<Path> files() throws IOException {
        return Files.list(Path.of("routes")).sorted();
    }

    @ParameterizedTest
    @MethodSource("files")
    void followsTheSchemaOfTheYamlDsl(Path file) throws IOException {
        assertThat(YamlDsl.faults(YAML.readTree(file.toFile()))).isEmpty();
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

    @ParameterizedTest
    @MethodSource("files")
    void descriptionsFitOnOneLineOfAnEditor(Path file) throws IOException {
        assertThat(YAML.readTree(file.toFile()).findValuesAsText("description"))
                .allMatch(description -> description.length() <= 80);
    }

    private static void check(String name, JsonNode step, List<String> lacking) {
        // The route of a template is named by what it is made for.
        boolean named = step.hasNonNull("id") && step.hasNonNull("description");
        if (!named && !(name.equals("route") && !step.has("id"))) {
            lacking.add(name + " " + step.path("id").asText(step.toString()));
        }
        step.properties().forEach(entry -> {
            switch (entry.getKey()) {
                case "steps", "onException" ->
                    entry.getValue().forEach(inner -> inner.properties()
                            .forEach(one -> check(one.getKey(), one.getValue(), lacking)));
                case "when", "doCatch" -> entry.getValue().forEach(inner -> check(entry.getKey(), inner, lacking));
                case "from", "route", "otherwise", "doFinally" -> check(entry.getKey(), entry.getValue(), lacking);
                default -> {
                    // No step, and nothing with an id of its own.
                }
            }
        });
    }

    /** A failure handler of a whole file stops Karavan, and Kaoto saves it where Camel does not take it: after the routes. */
    @ParameterizedTest
    @MethodSource("files")
    void holdsRoutesTemplatesAndConfigurationsAndIsNamedAsEditorsKnowIt(Path file) throws IOException {
        assertThat(file.toString()).endsWith(".camel.yaml");
        JsonNode items = YAML.readTree(file.toFile());
        assertThat(items).allSatisfy(item -> assertThat(item.fieldNames())
                .toIterable()
                .singleElement()
                .isIn("route", "routeTemplate", "routeConfiguration"));
    }

    @Test
    void everyRouteConfigurationThatRoutesNameIsThereOnce() throws IOException {
        List<String> named = new ArrayList<>();
        List<String> there = new ArrayList<>();
        for (Path file : files().toList()) {
            JsonNode items = YAML.readTree(file.toFile());
            named.addAll(items.findValuesAsText("routeConfigurationId"));
            items.findValues("routeConfiguration")
                    .forEach(configuration -> there.add(configuration.path("id").asText()));
        }
        assertThat(there).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(new HashSet<>(named));
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyStepEndpointAndExpressionIsWrittenOut(Path file) throws IOException {
        List<String> shorthand = new ArrayList<>();
        findShorthand(YAML.readTree(file.toFile()), shorthand);
        assertThat(shorthand).isEmpty();
    }

    private static void findShorthand(JsonNode node, List<String> shorthand) {
        node.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            if (entry.getKey().equals("steps")) {
                value.forEach(step -> step.properties().forEach(one -> {
                    if (!one.getValue().isObject()
                            || LANGUAGES.stream()
                                    .anyMatch(language ->
                                            one.getValue().path(language).isObject())) {
                        shorthand.add("step " + step);
                    }
                }));
            } else if (entry.getKey().equals("uri") && value.asText().contains("?")) {
                shorthand.add("parameters in " + value);
            } else if (EXPRESSIONS.contains(entry.getKey()) && value.isObject()) {
                value.properties().forEach(language -> {
                    if (!language.getValue().isObject()) {
                        shorthand.add("expression " + value);
                    }
                });
            }
        });
        node.forEach(inner -> findShorthand(inner, shorthand));
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
