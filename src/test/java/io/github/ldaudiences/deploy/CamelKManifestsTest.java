package io.github.ldaudiences.deploy;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.YamlDsl;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests for Camel K, without a cluster: against the schemas, the shipped routes and properties, and each other. */
@Tag("deploy")
class CamelKManifestsTest {

    private static final String BEARER_TOKEN = "a-token-of-this-test";
    private static final String JAR_OF = "camel-(.+)-[0-9]+\\.[0-9]+\\.[0-9]+\\.jar!.*";

    static Stream<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.list(OperatorBuiltIntegration.FOLDER)) {
            return files
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.toString().endsWith(".pipe.yaml"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"flows-http.yaml", "flows-kafka.yaml"})
    void whatTheOperatorBuildsHasTheShippedRoutesAndProperties(String name) throws IOException {
        Path file = OperatorBuiltIntegration.FOLDER.resolve(name);
        String made = OperatorBuiltIntegration.manifest(name);
        if (Boolean.getBoolean("update-manifests")) {
            Files.writeString(file, made);
        }
        assertThat(file)
                .as("run mvn test -Dtest=CamelKManifestsTest -Dupdate-manifests=true")
                .hasContent(made);
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void camelKAcceptsEachIntegration(Path file) {
        assertThat(Manifests.faultsForCamelK(integration(file))).isEmpty();
    }

    /** The schema would be worth nothing if it took everything. */
    @ParameterizedTest
    @CsvSource({
        "/spec/template/spec,                        containers,   ",
        "/spec/template/spec/containers/0,           name,         ",
        "/spec/template/spec/containers/0,           readOnly,     true",
        "/spec/template/spec/securityContext,        fsgroup,      1000",
        "/spec/template/spec,                        hostname,     audiences",
        "/spec/template/metadata,                    labels,       none",
        "/spec,                                      replica,      1",
        "/spec,                                      replicas,     one",
        "/spec/traits,                               deployments,  none",
        "/spec/traits/deployment,                    strategy,     Rolling",
        "/spec/traits/container,                     service,      80",
        "/spec/traits/health,                        enabled,      yes please",
        "/spec/traits/tracing,                       enabled,      true"
    })
    void camelKRefusesAnIntegrationWith(String where, String field, String value) throws IOException {
        ObjectNode integration = (ObjectNode) integration(OperatorBuiltIntegration.FOLDER.resolve("flows-http.yaml"));
        ObjectNode changed = integration.withObject(JsonPointer.compile(where), JsonNode.OverwriteMode.ALL, true);
        if (value == null) {
            changed.remove(field);
        } else {
            changed.set(field, Manifests.YAML.readTree(value));
        }
        assertThat(Manifests.faultsForCamelK(integration)).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void itUsesNothingThatCamelKHasDeprecated(Path file) {
        JsonNode known = Manifests.camelKSchema().at("/$defs/traits/properties");
        integration(file).at("/spec/traits").properties().forEach(trait -> {
            JsonNode definition = known.path(trait.getKey());
            assertThat(definition.path("deprecated").asBoolean())
                    .as(trait.getKey())
                    .isFalse();
            trait.getValue().fieldNames().forEachRemaining(property -> assertThat(definition
                            .path("properties")
                            .path(property)
                            .path("deprecated")
                            .asBoolean())
                    .as(trait.getKey() + "." + property)
                    .isFalse());
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"flows-http.yaml", "image-http.yaml"})
    void aVolumeHasOnePodAtATimeWhichMayWriteToIt(String name) {
        Path file = OperatorBuiltIntegration.FOLDER.resolve(name);
        JsonNode spec = integration(file).get("spec");
        assertThat(Manifests.document(file, "PersistentVolumeClaim")
                        .at("/spec/accessModes/0")
                        .asText())
                .isEqualTo("ReadWriteOnce");
        assertThat(spec.path("replicas").asInt()).isEqualTo(1);
        assertThat(spec.at("/traits/deployment/strategy").asText()).isEqualTo("Recreate");
        assertThat(spec.at("/template/spec/securityContext/fsGroup").asInt()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void prometheusFindsTheMetricsOfItsPods(Path file) {
        JsonNode integration = integration(file);
        JsonNode monitor = Manifests.document(file, "PodMonitor");
        assertThat(monitor.at("/spec/selector/matchLabels").get("camel.apache.org/integration"))
                .isEqualTo(integration.at("/metadata/name"));
        JsonNode endpoint = monitor.at("/spec/podMetricsEndpoints/0");
        assertThat(endpoint.path("path").asText()).isEqualTo("/observe/metrics");
        assertThat(integration.at("/spec/traits/container/ports"))
                .extracting(JsonNode::asText)
                .contains(endpoint.path("port").asText() + ";"
                        + integration.at("/spec/traits/health/livenessPort").asText());
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void itsFlowsFollowTheSchemaOfTheYamlDsl(Path file) throws IOException {
        JsonNode flows = integration(file).at("/spec/flows");
        assertThat(YamlDsl.faults(flows.isMissingNode() ? Manifests.YAML.createArrayNode() : flows))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void everythingThatItMountsIsInTheManifestOrIsTheSecretThatItNames(Path file) throws IOException {
        String text = Files.readString(file);
        List<String> there = Manifests.documents(file).stream()
                .map(document -> document.path("kind").asText() + ":"
                        + document.at("/metadata/name").asText())
                .toList();
        JsonNode mount = integration(file).at("/spec/traits/mount");
        for (String list : List.of("configs", "resources")) {
            for (JsonNode each : mount.path(list)) {
                if (each.asText().startsWith("configmap:")) {
                    String name = each.asText().split("[:/@]")[1];
                    assertThat(there).contains("ConfigMap:" + name);
                } else {
                    assertThat(text)
                            .contains("create secret generic " + each.asText().substring("secret:".length()) + " ");
                }
            }
        }
        for (JsonNode secret : integration(file).findValues("secretKeyRef")) {
            assertThat(text)
                    .contains("create secret generic " + secret.get("name").asText() + " ")
                    .contains("--from-literal=" + secret.get("key").asText() + "=");
        }
        for (JsonNode volume : mount.path("volumes")) {
            assertThat(there)
                    .contains("PersistentVolumeClaim:" + volume.asText().split(":")[0]);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"flows-http.yaml", "image-http.yaml"})
    void theVolumeOfTheDeadLetterHoldsMoreThanItsLimit(String name) throws IOException {
        Path file = OperatorBuiltIntegration.FOLDER.resolve(name);
        assertThat(Manifests.document(file, "PersistentVolumeClaim")
                        .at("/spec/resources/requests/storage")
                        .asText())
                .isEqualTo("1Gi");
        assertThat(Long.parseLong(properties(file).getProperty(Catalogue.DEAD_LETTER_MAX_BYTES.key())))
                .isLessThan(1L << 30);
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void aPodHasMoreTimeToStopThanTheBundleTakes(Path file) throws IOException {
        Properties shipped = new Properties();
        try (InputStream in = Files.newInputStream(Path.of("application.properties"))) {
            shipped.load(in);
        }
        // Where Camel Main's property is not known, Camel's own default holds.
        int timeout = isImage(file) ? Integer.parseInt(shipped.getProperty("camel.main.shutdownTimeout")) : 45;
        assertThat(integration(file)
                        .at("/spec/template/spec/terminationGracePeriodSeconds")
                        .asInt())
                .isGreaterThan(timeout);
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void kedaLooksAtTheTopicAndGroupThatTheRouteReads(Path file) throws IOException {
        Properties properties = properties(file);
        JsonNode triggers = integration(file).at("/spec/traits/keda/triggers");
        assertThat(triggers.size())
                .isEqualTo(properties.getProperty("audiences.inbound").equals("kafka") ? 1 : 0);
        for (JsonNode trigger : triggers) {
            assertThat(trigger.at("/metadata/topic").asText())
                    .isEqualTo(properties.getProperty(Catalogue.KAFKA_TOPIC.key()));
            assertThat(trigger.at("/metadata/consumerGroup").asText())
                    .isEqualTo(properties.getProperty(Catalogue.KAFKA_GROUP.key()));
            assertThat(trigger.at("/metadata/bootstrapServers").asText())
                    .isEqualTo(properties.getProperty(Catalogue.KAFKA_BROKERS.key()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"flows-http.yaml", "flows-kafka.yaml"})
    void anIntegrationThatTheOperatorBuildsUsesNoKeyOfCamelMain(String name) throws IOException {
        Path file = OperatorBuiltIntegration.FOLDER.resolve(name);
        assertThat(properties(file).stringPropertyNames()).allMatch(key -> key.startsWith("audiences."));
        assertThat(integration(file).at("/spec/traits/camel").has("properties")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"flows-http.yaml", "flows-kafka.yaml"})
    void thereIsADependencyForEachSchemeThatItsFlowsUse(String name) throws IOException {
        Path file = OperatorBuiltIntegration.FOLDER.resolve(name);
        JsonNode integration = integration(file);
        TreeSet<String> needed = new TreeSet<>(List.of("camel:jackson"));
        for (String uri : integration.at("/spec/flows").findValuesAsText("uri")) {
            needed.add("camel:" + artifactOf(scheme(uri, properties(file))));
        }
        List<String> dependencies = new ArrayList<>();
        integration.at("/spec/dependencies").forEach(dependency -> dependencies.add(dependency.asText()));
        assertThat(dependencies)
                .filteredOn(each -> each.startsWith("camel:"))
                .containsExactlyInAnyOrderElementsOf(needed);
        assertThat(dependencies).contains("mvn:io.github.ldaudiences:launchdarkly-audiences-camel:" + projectVersion());
    }

    @Test
    void theFlowsForHttpDeliverInARuntimeWithoutCamelMain(@TempDir Path folder) throws Exception {
        Path file = OperatorBuiltIntegration.FOLDER.resolve("flows-http.yaml");
        int port = FreePort.find();
        try (LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
                CamelContext context = new DefaultCamelContext()) {
            Properties properties = properties(file);
            properties.putAll(secretFor(launchDarkly));
            // What is the cluster's: a port and its volume.
            properties.setProperty("audiences.inbound.http.port", Integer.toString(port));
            properties.setProperty("audiences.dead-letter.uri", "file:" + folder);
            run(context, file, properties);

            List<Integer> answers = new CopyOnWriteArrayList<>(List.of(503, 503));
            launchDarkly.answer(request -> Answer.of(answers.isEmpty() ? 204 : answers.remove(0)));
            assertThat(post(port, entered("u1").toString()).statusCode()).isEqualTo(200);
            assertThat(launchDarkly.requests()).hasSize(3).allSatisfy(sent -> assertThat(sent.members())
                    .containsExactly("u1"));
            HttpResponse<String> refused = post(port, "nothing");
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.headers().firstValue("Content-Type")).contains("application/json");
        }
    }

    private static HttpResponse<String> post(int port, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/events"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + BEARER_TOKEN)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void theFlowsForKafkaStartInARuntimeWithoutCamelMain() throws Exception {
        Path file = OperatorBuiltIntegration.FOLDER.resolve("flows-kafka.yaml");
        try (LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
                CamelContext context = new DefaultCamelContext()) {
            Properties properties = properties(file);
            properties.putAll(secretFor(launchDarkly));
            properties.setProperty("audiences.kafka.brokers", "127.0.0.1:" + FreePort.find());
            run(context, file, properties);
            assertThat(context.getRoute("inbound-kafka").getEndpoint().getEndpointUri())
                    .contains("audience-events")
                    .contains("groupId=launchdarkly-audiences");
        }
    }

    private static Properties secretFor(LaunchDarklyStub launchDarkly) {
        Properties secret = new Properties();
        secret.putAll(launchDarkly.destination());
        secret.setProperty("audiences.inbound.http.bearer-tokens", BEARER_TOKEN);
        return secret;
    }

    private static void run(CamelContext context, Path file, Properties properties) throws Exception {
        context.getPropertiesComponent().setOverrideProperties(properties);
        String flows = Manifests.YAML.writeValueAsString(integration(file).at("/spec/flows"));
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("integration.camel.yaml", flows));
        context.start();
    }

    private static JsonNode integration(Path file) {
        return Manifests.document(file, "Integration");
    }

    private static boolean isImage(Path file) {
        return integration(file).at("/spec/traits/container").has("image");
    }

    /** The properties in a manifest's config map. */
    private static Properties properties(Path file) throws IOException {
        Properties properties = new Properties();
        for (JsonNode text : Manifests.document(file, "ConfigMap").get("data")) {
            properties.load(new StringReader(text.asText()));
        }
        return properties;
    }

    /** The scheme of a URI, after what its placeholders stand for. */
    private static String scheme(String uri, Properties properties) {
        Matcher placeholder = Pattern.compile("^\\{\\{([^}]+)}}").matcher(uri);
        if (!placeholder.find()) {
            return uri.substring(0, uri.indexOf(':'));
        }
        String key = placeholder.group(1);
        if (key.equals("api-url") || key.equals("sdk-url")) {
            return "https";
        }
        // The bundle completes the configured URI, under another name.
        String configured = key.equals("audiences.dead-letter.endpoint") ? Catalogue.DEAD_LETTER_URI.key() : key;
        String value = properties.getProperty(
                configured,
                Catalogue.all().stream()
                        .filter(property -> property.key().equals(configured))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("unknown placeholder " + key))
                        .defaultValue());
        return value.substring(0, value.indexOf(':'));
    }

    /** Which of Camel's artifacts, without {@code camel-}, has the component of a scheme. */
    private String artifactOf(String scheme) {
        URL service = getClass().getResource("/META-INF/services/org/apache/camel/component/" + scheme);
        Matcher jar = Pattern.compile(JAR_OF).matcher(service.getPath().replaceFirst(".*/camel-", "camel-"));
        return jar.find() ? jar.group(1) : service.toString();
    }

    private static String projectVersion() throws IOException {
        Matcher version = Pattern.compile("<version>([^<]+)</version>").matcher(Files.readString(Path.of("pom.xml")));
        version.find();
        return version.group(1);
    }
}
