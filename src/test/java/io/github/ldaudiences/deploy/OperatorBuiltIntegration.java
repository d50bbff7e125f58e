package io.github.ldaudiences.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.github.ldaudiences.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes the manifest of an Integration that Camel K's operator builds, from {@code routes/}, the bundle's own properties in
 * {@code application.properties}, and what {@code deploy/camel-k/parts/} adds.
 */
final class OperatorBuiltIntegration {

    static final Path FOLDER = Path.of("deploy/camel-k");

    /** What application.properties leaves to a secret. */
    private static final String SECRET = """
            # A secret with the same name as the config map, %1$s, has the rest, in one file:
            #   kubectl create secret generic %1$s --from-file=launchdarkly.properties
            # with
            """;

    private OperatorBuiltIntegration() {}

    static String manifest(String name) throws IOException {
        JsonNode parts =
                Manifests.YAML.readTree(FOLDER.resolve("parts").resolve(name).toFile());
        ObjectNode integration = parts.get("integration").deepCopy();
        String id = integration.at("/metadata/name").asText();
        ArrayNode flows = ((ObjectNode) integration.get("spec")).putArray("flows");
        for (JsonNode route : parts.get("routes")) {
            Manifests.YAML
                    .readTree(Path.of("routes", route.asText() + ".camel.yaml").toFile())
                    .forEach(flows::add);
        }
        return "# Made from routes/, application.properties and parts/" + name + ": see CamelKManifestsTest.\n"
                + secret(id, parts.get("secret"))
                + yaml(configMap(id, parts.get("properties")))
                + (usesVolume(integration) ? "---\n" + yaml(volume(id)) : "")
                + "---\n"
                + yaml(integration)
                + "---\n# For the Prometheus operator.\n"
                + yaml(podMonitor(id));
    }

    private static String secret(String name, JsonNode keys) {
        StringBuilder text = new StringBuilder(SECRET.formatted(name));
        keys.forEach(key -> text.append("#   ").append(key.asText()).append("=…\n"));
        return text.toString();
    }

    private static ObjectNode configMap(String name, JsonNode own) throws IOException {
        ObjectNode map = document("v1", "ConfigMap", name);
        StringBuilder text = new StringBuilder();
        properties(own)
                .forEach((key, value) ->
                        text.append(key).append('=').append(value).append('\n'));
        map.putObject("data").put("audiences.properties", text.toString());
        return map;
    }

    /** The bundle's properties as shipped, in their order, with those of the manifest instead of the same and after them. */
    private static Map<String, String> properties(JsonNode own) throws IOException {
        Map<String, String> properties = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Path.of("application.properties"))) {
            String key = line.split("=", 2)[0];
            // Camel Main's are no other runtime's, and what comes from the environment comes from the secret.
            if (key.startsWith(Settings.PREFIX) && !line.contains("{{env:")) {
                properties.put(key, line.split("=", 2)[1]);
            }
        }
        own.properties()
                .forEach(property ->
                        properties.put(property.getKey(), property.getValue().asText()));
        return properties;
    }

    private static boolean usesVolume(JsonNode integration) {
        return integration.at("/spec/traits/mount").has("volumes");
    }

    private static ObjectNode volume(String name) {
        ObjectNode claim = document("v1", "PersistentVolumeClaim", name + "-dead-letter");
        ObjectNode spec = claim.putObject("spec");
        spec.putArray("accessModes").add("ReadWriteOnce");
        spec.putObject("resources").putObject("requests").put("storage", "1Gi");
        return claim;
    }

    private static ObjectNode podMonitor(String name) {
        ObjectNode monitor = document("monitoring.coreos.com/v1", "PodMonitor", name);
        ObjectNode spec = monitor.putObject("spec");
        spec.putObject("selector").putObject("matchLabels").put("camel.apache.org/integration", name);
        spec.putArray("podMetricsEndpoints")
                .addObject()
                .put("port", "management")
                .put("path", "/observe/metrics")
                .put("interval", "15s");
        return monitor;
    }

    private static ObjectNode document(String version, String kind, String name) {
        ObjectNode document = Manifests.YAML.createObjectNode();
        document.put("apiVersion", version)
                .put("kind", kind)
                .putObject("metadata")
                .put("name", name);
        return document;
    }

    private static String yaml(JsonNode node) throws IOException {
        YAMLGenerator.Feature marker = YAMLGenerator.Feature.WRITE_DOC_START_MARKER;
        return com.fasterxml.jackson.dataformat.yaml.YAMLMapper.builder()
                .disable(marker)
                .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                .disable(YAMLGenerator.Feature.SPLIT_LINES)
                .build()
                .writeValueAsString(node);
    }
}
