package io.github.ldaudiences.deploy;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Property;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.MountedSecret;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.io.StringReader;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests for Kubernetes, as kubectl makes them: against the schemas, the bundle's properties, and each other. */
@Tag("deploy")
class KubernetesManifestsTest {

    private static final Path FOLDER = Path.of("deploy/kubernetes");
    private static final String MOUNTED = "/run/secrets/launchdarkly";

    @TempDir
    static Path folder;

    private static final Map<String, List<JsonNode>> OVERLAYS = new HashMap<>();

    @BeforeAll
    static void build() throws Exception {
        for (String overlay : List.of("http", "kafka")) {
            Path made = folder.resolve(overlay + ".yaml");
            OVERLAYS.put(overlay, kustomize(FOLDER.resolve("overlays").resolve(overlay), made));
        }
    }

    private static List<JsonNode> kustomize(Path overlay, Path made) throws Exception {
        Process kubectl;
        try {
            kubectl = new ProcessBuilder("kubectl", "kustomize", overlay.toString())
                    .redirectOutput(made.toFile())
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "kubectl is not installed: the manifests for Kubernetes are not checked.");
            return List.of();
        }
        String complaints = new String(kubectl.getErrorStream().readAllBytes(), UTF_8);
        assertThat(kubectl.waitFor()).as(complaints).isZero();
        return Manifests.documents(made);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "kafka"})
    void kubernetesAcceptsEachManifest(String overlay) {
        assertThat(OVERLAYS.get(overlay)).hasSizeGreaterThan(6).allSatisfy(manifest -> assertThat(
                        KubernetesSchemas.faults(manifest))
                .as(manifest.path("kind").asText())
                .isEmpty());
    }

    /** The schemas would be worth nothing if they took everything. */
    @ParameterizedTest
    @CsvSource({
        "Deployment,          /spec,                                               replica,          1",
        "Deployment,          /spec,                                               replicas,         one",
        "Deployment,          /spec,                                               selector,         ",
        "Deployment,          /spec/template/spec,                                 terminationGrace, 45",
        "Deployment,          /spec/template/spec/containers/0,                    name,             ",
        "Deployment,          /spec/template/spec/containers/0/livenessProbe,      http,             x",
        "Deployment,          /spec/template/spec/containers/0/ports/0,            containerPort,    http",
        "Deployment,          /spec/template/spec/containers/0/securityContext,    readOnly,         true",
        "Service,             /spec/ports/0,                                       port,             ",
        "NetworkPolicy,       /spec/egress/0/ports/0,                              ports,            53",
        "PodDisruptionBudget, /spec,                                               maxUnavailables,  1",
        "ServiceMonitor,      /spec/endpoints/0,                                   interval,         15",
        "ScaledObject,        /spec,                                               maxReplicas,      12",
        "ScaledObject,        /spec/scaleTargetRef,                                name,             ",
        "ScaledObject,        /spec/triggers/0/metadata,                           lag,              '''1'''",
    })
    void kubernetesRefusesAManifestWith(String kind, String where, String field, String value) throws IOException {
        ObjectNode manifest = the("kafka", kind).deepCopy();
        ObjectNode changed = (ObjectNode) manifest.at(JsonPointer.compile(where));
        if (value == null) {
            changed.remove(field);
        } else {
            changed.set(field, Manifests.YAML.readTree(value));
        }
        assertThat(KubernetesSchemas.faults(manifest)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "kafka"})
    void theProbesAskWhereTheBundleAnswers(String overlay) throws IOException {
        Properties shipped = shipped();
        JsonNode container = container(overlay);
        assertThat(port(container, "management")).isEqualTo(byDefault(shipped.getProperty("camel.management.port")));
        assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/observe/health/live");
        assertThat(container.at("/startupProbe/httpGet/path").asText()).isEqualTo("/observe/health/live");
        assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/observe/health/ready");
        for (JsonNode probe : container.findValues("httpGet")) {
            assertThat(probe.path("port").asText()).isEqualTo("management");
        }
        // By default it listens on loopback, where no probe reaches it.
        assertThat(Files.readString(Path.of("docker/Dockerfile")))
                .contains("MANAGEMENT_HOST=0.0.0.0", "HTTP_HOST=0.0.0.0");
    }

    @Test
    void theServiceLeadsToTheInbound() throws IOException {
        assertThat(port(container("http"), "http"))
                .isEqualTo(byDefault(shipped().getProperty("audiences.inbound.http.port")));
        assertThat(the("http", "Service").at("/spec/ports").findValuesAsText("targetPort"))
                .containsExactlyInAnyOrder("http", "management");
        assertThat(the("kafka", "Service").at("/spec/ports").findValuesAsText("targetPort"))
                .containsExactly("management");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "kafka"})
    void aPodHasMoreTimeToStopThanTheBundleTakes(String overlay) throws IOException {
        int grace = pod(overlay).path("terminationGracePeriodSeconds").asInt();
        JsonNode preStop = container(overlay).at("/lifecycle/preStop/exec/command");
        int sleep = preStop.path(1).asInt();
        int shutdown = Integer.parseInt(shipped().getProperty("camel.main.shutdownTimeout"));
        long drain = Long.parseLong(Catalogue.KAFKA_DRAIN_TIMEOUT_MS.defaultValue()) / 1000;
        assertThat(preStop.path(0).asText()).isEqualTo("sleep");
        assertThat(grace).isGreaterThan(sleep + shutdown).isGreaterThan(sleep + (int) drain);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "kafka"})
    void noManifestHoldsASecret(String overlay) throws IOException {
        assertThat(OVERLAYS.get(overlay))
                .noneSatisfy(
                        manifest -> assertThat(manifest.path("kind").asText()).isEqualTo("Secret"));
        Set<String> secrets = Catalogue.all().stream()
                .filter(Property::secret)
                .map(property -> property.key("launchdarkly"))
                .collect(Collectors.toSet());
        assertThat(properties(overlay).stringPropertyNames()).doesNotContainAnyElementsOf(secrets);
        for (JsonNode variable : container(overlay).path("env")) {
            assertThat(variable.has("valueFrom")
                            || variable.path("name").asText().equals("CAMEL_MAIN_PROFILE"))
                    .as(variable.toString())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "kafka"})
    void theSecretThatItNeedsIsTheOneThatTheDocumentationCreates(String overlay) throws IOException {
        String documentation = Files.readString(Path.of("docs/kubernetes.md"));
        String file = Files.readString(FOLDER.resolve("overlays/" + overlay + "/kustomization.yaml"));
        assertThat(volumes(overlay).get("secret").at("/secret/secretName").asText())
                .isEqualTo("launchdarkly-audiences");
        JsonNode clientSideId = container(overlay).findValue("secretKeyRef");
        assertThat(clientSideId.path("name").asText()).isEqualTo("launchdarkly-audiences");
        for (String text : List.of(documentation, file)) {
            assertThat(text)
                    .contains("create secret generic launchdarkly-audiences")
                    .contains("--from-literal=" + clientSideId.path("key").asText() + "=");
            for (String key : properties(overlay).stringPropertyNames()) {
                String value = properties(overlay).getProperty(key);
                if (key.endsWith("-file")) {
                    assertThat(value).startsWith(MOUNTED + "/");
                    assertThat(text).contains("--from-file=" + value.substring(MOUNTED.length() + 1));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "kafka"})
    void aContainerHasNoMoreRightsThanItNeeds(String overlay) {
        JsonNode pod = pod(overlay);
        JsonNode container = container(overlay);
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.at("/securityContext/runAsUser").asInt()).isEqualTo(10001);
        assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
                .isFalse();
        assertThat(container.at("/securityContext/capabilities/drop/0").asText())
                .isEqualTo("ALL");
        assertThat(container.at("/resources/limits/memory").asText()).isNotEmpty();
        assertThat(container.path("image").asText()).matches(".*/launchdarkly-audiences:[0-9][0-9.]*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "kafka"})
    void everythingThatIsNamedIsThere(String overlay) {
        Map<String, JsonNode> volumes = volumes(overlay);
        Set<String> mounted = new TreeSet<>();
        for (JsonNode mount : container(overlay).path("volumeMounts")) {
            mounted.add(mount.path("name").asText());
            // Whatever may change while the pod runs must not be mounted alone.
            assertThat(mount.has("subPath"))
                    .isEqualTo(mount.path("name").asText().equals("properties"));
        }
        assertThat(mounted).isEqualTo(volumes.keySet());
        assertThat(the(overlay, "ConfigMap").at("/metadata/name").asText())
                .isEqualTo(volumes.get("properties").at("/configMap/name").asText())
                .matches("launchdarkly-audiences-[a-z0-9]+");
        JsonNode labels = the(overlay, "Deployment").at("/spec/template/metadata/labels");
        for (JsonNode selector : List.of(
                the(overlay, "Deployment").at("/spec/selector/matchLabels"),
                the(overlay, "Service").at("/spec/selector"),
                the(overlay, "PodDisruptionBudget").at("/spec/selector/matchLabels"),
                the(overlay, "NetworkPolicy").at("/spec/podSelector/matchLabels"),
                the(overlay, "Service").at("/metadata/labels"),
                the(overlay, "ServiceMonitor").at("/spec/selector/matchLabels"))) {
            assertThat(selector).isEqualTo(labels);
        }
        assertThat(the(overlay, "ServiceMonitor").at("/spec/endpoints/0/port").asText())
                .isEqualTo("management");
        assertThat(the(overlay, "ServiceMonitor").at("/spec/endpoints/0/path").asText())
                .isEqualTo("/observe/metrics");
    }

    @Test
    void aFolderOfDeadLettersHasOnePodAtATimeAndATopicHasMany() throws IOException {
        JsonNode http = the("http", "Deployment").path("spec");
        assertThat(http.path("replicas").asInt()).isEqualTo(1);
        assertThat(http.path("strategy")).hasToString("{\"type\":\"Recreate\"}");
        JsonNode claim = the("http", "PersistentVolumeClaim");
        assertThat(volumes("http").get("dead-letter").at("/persistentVolumeClaim/claimName"))
                .isEqualTo(claim.at("/metadata/name"));
        assertThat(claim.at("/spec/resources/requests/storage").asText()).isEqualTo("1Gi");
        assertThat(Long.parseLong(properties("http").getProperty(Catalogue.DEAD_LETTER_MAX_BYTES.key())))
                .isLessThan(1L << 30);

        JsonNode kafka = the("kafka", "Deployment").path("spec");
        assertThat(kafka.has("replicas")).isFalse();
        assertThat(kafka.at("/strategy/rollingUpdate/maxUnavailable").asInt(1)).isZero();
        assertThat(properties("kafka").getProperty(Catalogue.DEAD_LETTER_URI.key()))
                .startsWith("kafka:");
    }

    @Test
    void kedaLooksAtTheTopicAndGroupThatTheBundleReads() throws IOException {
        Properties properties = properties("kafka");
        JsonNode scaled = the("kafka", "ScaledObject").path("spec");
        JsonNode kafka = scaled.at("/triggers/0/metadata");
        assertThat(scaled.at("/scaleTargetRef/name"))
                .isEqualTo(the("kafka", "Deployment").at("/metadata/name"));
        assertThat(kafka.path("topic").asText()).isEqualTo(properties.getProperty(Catalogue.KAFKA_TOPIC.key()));
        assertThat(kafka.path("consumerGroup").asText()).isEqualTo(properties.getProperty(Catalogue.KAFKA_GROUP.key()));
        assertThat(kafka.path("bootstrapServers").asText())
                .isEqualTo(properties.getProperty(Catalogue.KAFKA_BROKERS.key()));
    }

    @Test
    void thePodsReachWhatTheyNeedAndNothingElse() throws IOException {
        assertThat(ports("http", "egress")).containsExactly("443", "53");
        assertThat(ports("http", "ingress")).containsExactly("http", "management");
        String brokers = properties("kafka").getProperty(Catalogue.KAFKA_BROKERS.key());
        assertThat(ports("kafka", "egress")).containsExactly("443", "53", brokers.replaceFirst(".*:", ""));
        assertThat(ports("kafka", "ingress")).containsExactly("management");
    }

    @Test
    void withThePropertiesOfTheOverlayForHttpItTakesEventsFromWhoHasTheToken(@TempDir Path mount) throws Exception {
        MountedSecret secret = new MountedSecret(mount);
        secret.set("service-token", LaunchDarklyStub.TOKEN + "\n");
        secret.set("bearer-tokens", "token-of-the-sender\n");
        try (LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
                RunningBundle bundle = start("http", mount, launchDarkly)) {
            assertThat(bundle.post(entered("u1").toString()).status()).isEqualTo(401);
            assertThat(bundle.send(bundle.request("/v1/events", "application/json")
                                    .header("Authorization", "Bearer token-of-the-sender")
                                    .POST(HttpRequest.BodyPublishers.ofString(
                                            entered("u1").toString()))
                                    .build())
                            .count("delivered"))
                    .isEqualTo(1);
            assertThat(launchDarkly.requests().get(0).headers().getFirst("Authorization"))
                    .isEqualTo(LaunchDarklyStub.TOKEN);
        }
    }

    @Test
    void withThePropertiesOfTheOverlayForKafkaItReadsTheTopic(@TempDir Path mount) throws Exception {
        new MountedSecret(mount).set("service-token", LaunchDarklyStub.TOKEN + "\n");
        try (LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
                RunningBundle bundle = start(
                        "kafka", mount, launchDarkly, "audiences.kafka.brokers", "127.0.0.1:" + FreePort.find())) {
            assertThat(bundle.context().getRoute("inbound-kafka").getEndpoint().getEndpointUri())
                    .contains("audience-events")
                    .contains("groupId=launchdarkly-audiences");
        }
    }

    private static RunningBundle start(String overlay, Path mount, LaunchDarklyStub launchDarkly, String... more)
            throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "audiences.destination.launchdarkly.api-url", launchDarkly.url(),
                "audiences.destination.launchdarkly.sdk-url", launchDarkly.url(),
                "audiences.destination.launchdarkly.client-side-id", "test-client-id"));
        properties(overlay)
                .forEach((key, value) ->
                        all.addAll(List.of(key.toString(), value.toString().replace(MOUNTED, mount.toString()))));
        all.addAll(List.of(more));
        return RunningBundle.start(all.toArray(String[]::new));
    }

    private static ObjectNode the(String overlay, String kind) {
        List<JsonNode> found = OVERLAYS.get(overlay).stream()
                .filter(manifest -> manifest.path("kind").asText().equals(kind))
                .toList();
        assertThat(found).as(kind).hasSize(1);
        return (ObjectNode) found.get(0);
    }

    private static JsonNode pod(String overlay) {
        return the(overlay, "Deployment").at("/spec/template/spec");
    }

    private static JsonNode container(String overlay) {
        assertThat(pod(overlay).path("containers")).hasSize(1);
        return pod(overlay).at("/containers/0");
    }

    private static Map<String, JsonNode> volumes(String overlay) {
        Map<String, JsonNode> volumes = new HashMap<>();
        pod(overlay)
                .path("volumes")
                .forEach(volume -> volumes.put(volume.path("name").asText(), volume));
        return volumes;
    }

    private static String port(JsonNode container, String name) {
        for (JsonNode port : container.path("ports")) {
            if (port.path("name").asText().equals(name)) {
                return port.path("containerPort").asText();
            }
        }
        throw new AssertionError("no port " + name);
    }

    private static Set<String> ports(String overlay, String direction) {
        return the(overlay, "NetworkPolicy").at("/spec/" + direction).findValues("ports").stream()
                .flatMap(ports -> Stream.of(ports.findValuesAsText("port").toArray(String[]::new)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Properties properties(String overlay) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(the(overlay, "ConfigMap")
                .path("data")
                .path("application-kubernetes.properties")
                .asText()));
        return properties;
    }

    private static Properties shipped() throws IOException {
        Properties shipped = new Properties();
        try (var in = Files.newInputStream(Path.of("application.properties"))) {
            shipped.load(in);
        }
        return shipped;
    }

    /** The default in a placeholder for a variable. */
    private static String byDefault(String placeholder) {
        Matcher variable = Pattern.compile("\\{\\{env:[A-Z_]+:(.*)}}").matcher(placeholder);
        assertThat(variable.matches()).as(placeholder).isTrue();
        return variable.group(1);
    }
}
