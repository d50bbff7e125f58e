package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.ObjectStore;
import io.github.ldaudiences.fixture.PostgresServer;
import io.github.ldaudiences.fixture.Recipe;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters where companies keep them, by what docs/recipes.md has and nothing else. */
@Tag("deadletter")
class DeadLetterStoresTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String S3 = "camel.component.aws2-s3.";

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();

    @AfterEach
    void closeLaunchDarkly() {
        launchDarkly.close();
    }

    @Test
    void amazonS3() throws IOException {
        System.setProperty("aws.accessKeyId", "id");
        System.setProperty("aws.secretAccessKey", "secret");
        try (ObjectStore store = new ObjectStore()) {
            Recipe recipe = Recipe.under("Dead letters to Amazon S3")
                    .also(S3 + "override-endpoint", "true")
                    .also(S3 + "uri-endpoint-override", store.url())
                    .also(S3 + "force-path-style", "true");
            keepsLettersApartAndEventsWhileItIsAway(recipe, store, "/company-dead-letters/launchdarkly-audiences/");
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
    }

    @Test
    void googleCloudStorage() throws IOException {
        String heading = "Dead letters to Google Cloud Storage";
        assertThat(Recipe.block(heading, "sh")).isEqualTo("export AWS_REQUEST_CHECKSUM_CALCULATION=when_required\n");
        System.setProperty("aws.requestChecksumCalculation", "when_required");
        try (ObjectStore store = new ObjectStore()) {
            Recipe recipe = Recipe.under(heading)
                    .here(S3 + "uri-endpoint-override", store.url())
                    .here(S3 + "access-key", "GOOG1E")
                    .here(S3 + "secret-key", "secret");
            keepsLettersApartAndEventsWhileItIsAway(recipe, store, "/company-dead-letters/launchdarkly-audiences/");
            assertThat(store.lastPut().keySet())
                    .doesNotContain("X-amz-trailer", "X-amz-checksum-crc32", "X-amz-sdk-checksum-algorithm");
        } finally {
            System.clearProperty("aws.requestChecksumCalculation");
        }
    }

    @Test
    void azureBlobStorage(@TempDir Path folder) throws IOException {
        String heading = "Dead letters to Azure Blob Storage";
        Path route = Files.writeString(folder.resolve("route.camel.yaml"), Recipe.block(heading, "yaml"));
        try (ObjectStore store = new ObjectStore()) {
            Recipe recipe = Recipe.under(heading)
                    .also("camel.main.routesIncludePattern", "file:routes/*.camel.yaml,file:" + route)
                    .also("camel.component.azure-storage-blob.service-client", "#bean:azure")
                    .also(
                            "camel.beans.azure",
                            "#class:" + ObjectStore.class.getName() + "#azureClient('" + store.url() + "/company')");
            keepsLettersApartAndEventsWhileItIsAway(recipe, store, "/company/dead-letters/launchdarkly-audiences/");
        }
    }

    private void keepsLettersApartAndEventsWhileItIsAway(Recipe recipe, ObjectStore store, String place)
            throws IOException {
        store.stop();
        String[] properties =
                recipe.also("audiences.inbound.http.reply-timeout-ms", "20000").properties();
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, properties)) {
            assertThat(bundle.post(array("\"ü1\"", entered("u1"))).status()).isEqualTo(503);
            assertThat(delivered()).containsExactly("u1");
            assertThat(bundle.problem("dead-letter-store")).contains("Dead letters cannot be written");
            assertThat(store.objects()).isEmpty();

            store.start();
            await().until(() ->
                    bundle.post(array("\"ü1\"", "\"ü2\"", entered("u1"))).status() == 200);
            assertThat(texts(store, place)).contains("\"ü1\"", "\"ü2\"");
            assertThat(bundle.problem("dead-letter-store")).isNull();
        }
    }

    /** What is in the objects, each of which has the id of its letter for a name. */
    private static List<String> texts(ObjectStore store, String place) throws IOException {
        List<String> texts = new ArrayList<>();
        for (Map.Entry<String, String> object : store.objects().entrySet()) {
            JsonNode letter = JSON.readTree(object.getValue());
            assertThat(object.getKey()).isEqualTo(place + letter.path("id").asText() + ".json");
            texts.add(letter.path("text").asText());
        }
        return texts;
    }

    @Test
    void aDatabase(@TempDir Path folder) throws Exception {
        String heading = "Dead letters to a database";
        try (PostgresServer server = PostgresServer.stopped(folder)) {
            String url = server.url("letters") + "?connectTimeout=5&socketTimeout=5&user=postgres";
            Recipe recipe = Recipe.under(heading)
                    .here("camel.beans.letterDatabase.url", url)
                    .here("camel.beans.letterDatabase.user", "postgres")
                    .here("camel.beans.letterDatabase.password", "secret")
                    .also("audiences.inbound.http.reply-timeout-ms", "20000");
            try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly, recipe.properties())) {
                assertThat(bundle.post(array("\"ü1\"", entered("u1"))).status()).isEqualTo(503);
                assertThat(delivered()).containsExactly("u1");
                assertThat(bundle.problem("dead-letter-store")).contains("Dead letters cannot be written");

                server.start();
                server.newDatabase("letters");
                try (Connection database = DriverManager.getConnection(url);
                        Statement sql = database.createStatement()) {
                    sql.execute(Recipe.block(heading, "sql", 1, 2));
                    String[] texts = {"\"ü1\"", "\"it's\"", "\"\\u0000\"", "\u0000"};
                    await().until(() ->
                            bundle.post(String.join("\n", texts) + "\n" + entered("u1"), "application/x-ndjson")
                                            .status()
                                    == 200);
                    assertThat(bundle.problem("dead-letter-store")).isNull();
                    List<JsonNode> letters = letters(sql);
                    assertThat(letters)
                            .extracting(letter -> letter.path("text").asText())
                            .contains(texts);

                    bundle.context()
                            .createProducerTemplate()
                            .sendBody(
                                    "{{audiences.dead-letter.endpoint}}",
                                    letters.get(0).toString());
                    assertThat(letters(sql)).as("a repeated write").hasSameSizeAs(letters);
                    assertThat(sql.executeUpdate(Recipe.block(heading, "sql", 2, 2)))
                            .isZero();
                }
            }
        }
    }

    private static List<JsonNode> letters(Statement sql) throws SQLException, IOException {
        List<JsonNode> letters = new ArrayList<>();
        try (ResultSet rows = sql.executeQuery("select id, letter from audience_dead_letters")) {
            while (rows.next()) {
                JsonNode letter = JSON.readTree(rows.getString("letter"));
                assertThat(rows.getString("id")).isEqualTo(letter.path("id").asText());
                letters.add(letter);
            }
        }
        return letters;
    }

    private List<String> delivered() {
        return launchDarkly.requests().stream()
                .flatMap(request -> request.members().stream())
                .distinct()
                .toList();
    }
}
