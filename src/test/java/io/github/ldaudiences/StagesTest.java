package io.github.ldaudiences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.commons.support.AnnotationSupport.isAnnotated;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Property;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.Index;
import org.jboss.jandex.Indexer;
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
        Map<Class<?>, Boolean> tested = testClasses();

        assertThat(tested).hasSizeGreaterThan(100);
        Set<String> found = new HashSet<>();
        assertThat(tested).allSatisfy((each, properties) -> {
            List<String> tags = new ArrayList<>(tags(each, properties));
            found.addAll(tags);
            tags.removeAll(NEEDS);
            assertThat(tags).as(each.getName()).hasSize(1);
            assertThat(stages).as(each.getName()).containsAll(tags);
        });
        assertThat(found).as("every stage of the table has tests").containsAll(stages);
    }

    /** Each class with tests, and whether they are of jqwik. */
    private static Map<Class<?>, Boolean> testClasses() throws IOException, URISyntaxException, ClassNotFoundException {
        Path root = Path.of(StagesTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Map<Class<?>, Boolean> tested = new HashMap<>();
        for (ClassInfo each : read(root).getKnownClasses()) {
            Set<String> annotations = each.methods().stream()
                    .flatMap(method -> method.declaredAnnotations().stream())
                    .map(annotation -> annotation.name().toString())
                    .collect(Collectors.toSet());
            if (isTested(annotations)) {
                tested.put(load(each.name().toString()), annotations.contains(Property.class.getName()));
            }
        }
        return tested;
    }

    /** Reads all classes without loading them, which would load what they use as well. */
    private static Index read(Path root) throws IOException {
        Indexer indexer = new Indexer();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(file -> file.toString().matches("[^$]+\\.class"))
                    .toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    indexer.index(in);
                }
            }
        }
        return indexer.complete();
    }

    private static boolean isTested(Set<String> annotations) throws ClassNotFoundException {
        for (String annotation : annotations) {
            if (isAnnotated(load(annotation), Testable.class)) {
                return true;
            }
        }
        return false;
    }

    private static Class<?> load(String name) throws ClassNotFoundException {
        return Class.forName(name, false, StagesTest.class.getClassLoader());
    }

    /** Tags that the engine sees which runs the class: jqwik has an annotation of its own. */
    private static List<String> tags(Class<?> test, boolean properties) {
        return properties
                ? Stream.of(test.getAnnotationsByType(net.jqwik.api.Tag.class))
                        .map(net.jqwik.api.Tag::value)
                        .toList()
                : Stream.of(test.getAnnotationsByType(Tag.class))
                        .map(Tag::value)
                        .toList();
    }
}
