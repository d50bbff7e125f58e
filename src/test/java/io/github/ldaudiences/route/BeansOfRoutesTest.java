package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.github.ldaudiences.Audiences;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.SimpleRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The names by which the routes know the beans stand in the routes and in the installers. */
@Tag("project")
class BeansOfRoutesTest {

    /** Camel looks these up by itself. */
    private static final Set<String> OF_CAMEL = Set.of("fql", "templatedRoutes");

    @Test
    void everyBeanOfTheRoutesIsBoundAndEveryBoundBeanIsNamedByARoute(@TempDir Path folder) throws IOException {
        Set<String> bound = bound(folder);
        bound.removeAll(OF_CAMEL);
        assertThat(bound).isEqualTo(named());
    }

    private static Set<String> bound(Path folder) throws IOException {
        SimpleRegistry registry = new SimpleRegistry();
        try (DefaultCamelContext context = new DefaultCamelContext(registry)) {
            PropertiesComponent properties = (PropertiesComponent) context.getPropertiesComponent();
            properties.setLocation("file:application.properties");
            Properties everythingIsOn = new Properties();
            everythingIsOn.putAll(LaunchDarklyStub.destinationAt("http://127.0.0.1:9"));
            everythingIsOn.setProperty("audiences.inbound", "http,kafka,file,uri");
            everythingIsOn.setProperty("audiences.inbound.uri", "direct:anywhere");
            everythingIsOn.setProperty("audiences.inbound.http.mode", "enqueue");
            everythingIsOn.setProperty("audiences.replay", "on");
            everythingIsOn.setProperty("audiences.explain", "on");
            everythingIsOn.setProperty("audiences.store", "file");
            everythingIsOn.setProperty(
                    "audiences.store.file", folder.resolve("store.db").toString());
            everythingIsOn.setProperty("audiences.store.lookup", "on");
            everythingIsOn.setProperty("audiences.store.forget", "on");
            everythingIsOn.setProperty("audiences.store.resync", "on");
            properties.setOverrideProperties(everythingIsOn);
            Audiences.install(context).close();
        }
        return new TreeSet<>(registry.keySet());
    }

    private static Set<String> named() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.toList()) {
                collect(new ObjectMapper(new YAMLFactory()).readTree(file.toFile()), names);
            }
        }
        return names;
    }

    private static void collect(JsonNode node, Set<String> names) {
        node.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            if (value.isTextual()
                    && (entry.getKey().matches("ref|.*Ref|aggregationStrategy")
                            || value.textValue().startsWith("#"))) {
                add(value.textValue().replaceFirst("^#", ""), names);
            } else if (value.isObject() && entry.getKey().equals("ref")) {
                add(value.path("expression").textValue(), names);
            }
        });
        node.forEach(inner -> collect(inner, names));
    }

    private static void add(String name, Set<String> names) {
        names.add(name.replace("{{destination}}", "launchdarkly").replace("{{mapping}}", "sync-engage-audience"));
    }
}
