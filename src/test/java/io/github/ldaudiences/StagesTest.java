package io.github.ldaudiences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.commons.support.AnnotationSupport.isAnnotated;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;

/** Each test class says which stage it tests, so that {@code mvn test -Dgroups=<stage>} runs all of them and no others. */
@Tag("project")
class StagesTest {

    /** What must be there for a test to run; the build tells these apart. */
    private static final Set<String> NEEDS = Set.of("packaged", "karaf", "browser", "quarkus");

    @Test
    void eachTestClassHasOneStageOfTheTableInContributing() throws Exception {
        Set<String> stages = Pattern.compile("(?m)^\\| `(\\w+)` \\| tests of ")
                .matcher(Files.readString(Path.of("CONTRIBUTING.md")))
                .results()
                .map(row -> row.group(1))
                .collect(Collectors.toSet());
        List<Class<?>> tested = testClasses();

        assertThat(tested).hasSizeGreaterThan(100);
        assertThat(tested).allSatisfy(each -> {
            List<String> tags = new ArrayList<>(tags(each));
            tags.removeAll(NEEDS);
            assertThat(tags).as(each.getName()).hasSize(1);
            assertThat(stages).as(each.getName()).containsAll(tags);
        });
        assertThat(tested.stream().flatMap(each -> tags(each).stream()).collect(Collectors.toSet()))
                .as("every stage of the table has tests")
                .containsAll(stages);
    }

    private static List<Class<?>> testClasses() throws IOException, URISyntaxException, ClassNotFoundException {
        Path root = Path.of(StagesTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<String> names;
        try (Stream<Path> files = Files.walk(root)) {
            names = files.map(file -> root.relativize(file).toString())
                    .filter(file -> file.matches("[^$]+\\.class"))
                    .map(file -> file.replaceFirst("\\.class$", "").replaceAll("[/\\\\]", "."))
                    .toList();
        }
        List<Class<?>> tested = new ArrayList<>();
        for (String name : names) {
            Class<?> type = Class.forName(name, false, StagesTest.class.getClassLoader());
            if (Stream.of(type.getDeclaredMethods()).anyMatch(method -> isAnnotated(method, Testable.class))) {
                tested.add(type);
            }
        }
        return tested;
    }

    /** Tags that the engine sees which runs the class: jqwik has an annotation of its own. */
    private static List<String> tags(Class<?> test) {
        boolean properties =
                Stream.of(test.getDeclaredMethods()).anyMatch(method -> isAnnotated(method, Property.class));
        return properties
                ? Stream.of(test.getAnnotationsByType(net.jqwik.api.Tag.class))
                        .map(net.jqwik.api.Tag::value)
                        .toList()
                : Stream.of(test.getAnnotationsByType(Tag.class))
                        .map(Tag::value)
                        .toList();
    }
}
