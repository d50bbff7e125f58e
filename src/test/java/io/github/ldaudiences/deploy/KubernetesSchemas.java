package io.github.ldaudiences.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonDeserializer;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.time.OffsetDateTime;
import java.util.List;

/** What Kubernetes, KEDA and the Prometheus operator would say against a manifest, without a cluster. */
final class KubernetesSchemas {

    private static final String MODELS = "io.kubernetes.client.openapi.models.V1";

    private static final Gson GSON = new GsonBuilder()
            .registerTypeAdapter(OffsetDateTime.class, (JsonDeserializer<OffsetDateTime>)
                    (time, type, context) -> OffsetDateTime.parse(time.getAsString()))
            .create();

    /** Read once for each JVM, as it takes longer than all that it is held against. */
    private static final JsonSchema CUSTOM_RESOURCES = customResources();

    private KubernetesSchemas() {}

    /** Fields that are unknown, missing, or of another type. */
    static List<String> faults(JsonNode manifest) {
        String group = manifest.path("apiVersion").asText();
        return group.startsWith("keda.sh/") || group.startsWith("monitoring.coreos.com/")
                ? faultsOfCustomResource(manifest)
                : faultsOfKubernetes(manifest);
    }

    private static List<String> faultsOfCustomResource(JsonNode manifest) {
        return CUSTOM_RESOURCES.validate(manifest).stream()
                .map(ValidationMessage::getMessage)
                .toList();
    }

    private static JsonSchema customResources() {
        try (InputStream schema = KubernetesSchemas.class.getResourceAsStream("/deploy/custom-resources.schema.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(schema);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> faultsOfKubernetes(JsonNode manifest) {
        JsonElement json = JsonParser.parseString(manifest.toString());
        try {
            Class<?> model = Class.forName(MODELS + manifest.path("kind").asText());
            model.getMethod("validateJsonElement", JsonElement.class).invoke(null, json);
            GSON.fromJson(json, model);
            return List.of();
        } catch (InvocationTargetException e) {
            return List.of(String.valueOf(e.getCause().getMessage()));
        } catch (JsonParseException e) {
            return List.of(String.valueOf(e.getMessage()));
        } catch (ReflectiveOperationException e) {
            return List.of(manifest.path("kind").asText() + " is no kind of Kubernetes");
        }
    }
}
