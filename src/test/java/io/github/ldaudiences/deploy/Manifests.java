package io.github.ldaudiences.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Reads YAML files with one or more documents, such as Kubernetes manifests. */
final class Manifests {

    static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private Manifests() {}

    static List<JsonNode> documents(Path file) {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
            return documents.readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /** What Camel K's custom resource definitions say against an Integration, a Pipe or a Kamelet. */
    static Set<ValidationMessage> faultsForCamelK(JsonNode resource) {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(camelKSchema())
                .validate(resource);
    }

    /** Camel K's custom resource definitions. */
    static JsonNode camelKSchema() {
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
