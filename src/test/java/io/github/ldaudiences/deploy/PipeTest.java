package io.github.ldaudiences.deploy;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Kamelet as Camel K has it, and the example of a Pipe that ends in it. */
@Tag("deploy")
class PipeTest {

    private static final Path PIPE = OperatorBuiltIntegration.FOLDER.resolve("files.pipe.yaml");
    private static final Path KAMELET = Path.of("kamelets/launchdarkly-audience-sink.kamelet.yaml");

    @ParameterizedTest
    @CsvSource({"Kamelet, kamelets/launchdarkly-audience-sink.kamelet.yaml", "Pipe,    deploy/camel-k/files.pipe.yaml"})
    void camelKAcceptsIt(String kind, Path file) {
        assertThat(Manifests.faultsForCamelK(Manifests.document(file, kind))).isEmpty();
    }

    @Test
    void theKameletNamesTheCamelThatItIsFor() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        assertThat(Manifests.document(KAMELET, "Kamelet")
                        .at("/metadata/annotations")
                        .path("camel.apache.org/catalog.version")
                        .asText())
                .isEqualTo(pom.replaceFirst("(?s).*<camel.version>(.*?)</camel.version>.*", "$1"));
    }

    @Test
    void thePipeGivesTheKameletWhatItAsksForAndNothingElse() {
        JsonNode sink = Manifests.document(PIPE, "Pipe").at("/spec/sink");
        JsonNode kamelet = Manifests.document(KAMELET, "Kamelet");
        JsonNode definition = kamelet.at("/spec/definition");
        assertThat(sink.at("/ref/name")).isEqualTo(kamelet.at("/metadata/name"));
        assertThat(sink.path("properties").properties())
                .allSatisfy(property -> assertThat(definition.path("properties").has(property.getKey()))
                        .as(property.getKey())
                        .isTrue());
        assertThat(definition.path("required"))
                .allSatisfy(name -> assertThat(sink.path("properties").has(name.asText()))
                        .as(name.asText())
                        .isTrue());
    }

    @Test
    void aFileStaysUntilLaunchDarklyHasItsEvents(@TempDir Path volume) throws Exception {
        try (LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
                CamelContext context = new DefaultCamelContext()) {
            Properties secret = new Properties();
            secret.setProperty("launchdarkly.service-token", LaunchDarklyStub.TOKEN);
            secret.setProperty("launchdarkly.client-side-id", "test-client-id");
            context.getPropertiesComponent().setOverrideProperties(secret);
            launchDarkly.answer(request -> Answer.of(503));
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(
                            ResourceHelper.fromString("segment-files.camel.yaml", route(volume, launchDarkly.url())));
            context.start();

            Path events = Files.createDirectories(volume.resolve("events"));
            Files.writeString(events.resolve("part"), entered("u1").toString());
            Files.move(events.resolve("part"), events.resolve("1.json"));
            await().until(() -> launchDarkly.requests().size() > 2);
            assertThat(events.resolve("1.json")).exists();

            launchDarkly.answer(request -> Answer.of(204));
            await().until(() -> Files.exists(events.resolve(".done/1.json")));
            assertThat(launchDarkly.requests()).last().satisfies(request -> assertThat(request.members())
                    .containsExactly("u1"));
            assertThat(volume.resolve("dead-letter")).doesNotExist();
        }
    }

    /** The route that Camel K makes of the Pipe; the folder, the pace and the stub of LaunchDarkly are the test's. */
    private static String route(Path volume, String url) throws IOException {
        JsonNode pipe = Manifests.YAML
                .readTree(Files.readString(PIPE).replace("/var/lib/segment-files", volume.toString()))
                .get("spec");
        ObjectNode from = Manifests.YAML.createObjectNode();
        from.set("uri", pipe.at("/source/uri"));
        from.set("parameters", pipe.at("/source/properties"));
        from.withObject("/parameters").put("delay", 10);
        ObjectNode to = from.putArray("steps").addObject().putObject("to");
        to.put("uri", "kamelet:" + pipe.at("/sink/ref/name").asText());
        to.set("parameters", pipe.at("/sink/properties"));
        to.withObject("/parameters")
                .put("apiUrl", url)
                .put("sdkUrl", url)
                .put("maxWaitMs", 20)
                .put("timeoutMs", 200);
        ObjectNode route = Manifests.YAML.createObjectNode();
        route.putObject("route").set("from", from);
        return Manifests.YAML.writeValueAsString(
                Manifests.YAML.createArrayNode().add(route));
    }
}
