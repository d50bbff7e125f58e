package io.github.ldaudiences.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Reads YAML files with one or more documents, such as Kubernetes manifests. */
final class Manifests {

    static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    // Read once for each JVM: tests ask for the same few again and again.
    private static final Map<String, List<JsonNode>> READ = new ConcurrentHashMap<>();
    private static final JsonNode CAMEL_K = camelK();
    private static final JsonSchema CAMEL_K_SCHEMA =
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(CAMEL_K);

    private Manifests() {}

    static List<JsonNode> documents(Path file) {
        try {
            return READ.computeIfAbsent(Files.readString(file), text -> read(file, text)).stream()
                    .<JsonNode>map(JsonNode::deepCopy)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static List<JsonNode> read(Path file, String text) {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
            return documents.readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /** What Camel K's custom resource definitions say against an Integration, a Pipe or a Kamelet. */
    static Set<ValidationMessage> faultsForCamelK(JsonNode resource) {
        return CAMEL_K_SCHEMA.validate(resource);
    }

    /** Camel K's custom resource definitions. */
    static JsonNode camelKSchema() {
        return CAMEL_K;
    }

    private static JsonNode camelK() {
        try (InputStream schema = Manifests.class.getResourceAsStream("/deploy/camel-k-2.11.schema.json")) {
            return YAML.readTree(schema);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The document of a kind; there must be one. */
    static JsonNode document(Path file, String kind) {
        return documents(file).stream()
                .filter(document -> document.path("kind").asText().equals(kind))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(file + " has no " + kind));
    }
}
