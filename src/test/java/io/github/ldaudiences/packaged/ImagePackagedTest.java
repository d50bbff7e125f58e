package io.github.ldaudiences.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the container starts, from the layout of its image, by a user who can write nothing but its dead letters. */
@Tag("packaged")
@Tag("deploy")
class ImagePackagedTest {

    private static final String TOKEN = "a-token-for-this-container";

    @TempDir
    private Path temp;

    private final int port = FreePort.find();

    @Test
    void servesAsAnotherUserInAFolderThatItCannotWriteTo() throws Exception {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path app = Files.createDirectory(temp.resolve("app"));
        ContainerImage image = ContainerImage.in(
                app,
                Map.of(
                        "HTTP_PORT", Integer.toString(port),
                        "MANAGEMENT_PORT", Integer.toString(FreePort.find())));
        Map<Path, Long> files = image.files();
        assertThat(image.isHealthy()).isFalse();

        // Its port is open to others, so it starts only if it knows who may send.
        Process refused = image.start(Map.of());
        assertThat(refused.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(refused.exitValue()).isEqualTo(2);
        assertThat(Files.readString(image.output())).contains("is not allowed while callers are not authenticated");

        Process container = image.start(Map.of(
                "AUDIENCES_BEARER_TOKENS", TOKEN,
                "AUDIENCES_STORE", "file",
                "JAVA_TOOL_OPTIONS", "-Xlog:class+load:stdout"));
        try {
            await().atMost(Duration.ofMinutes(2)).until(() -> {
                assertThat(container.isAlive()).as("see " + image.output()).isTrue();
                return image.isHealthy();
            });
            Reply reply = post(Path.of("examples/events.ndjson"));
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.count("rejected")).isEqualTo(1);
            assertThat(app.resolve("dead-letter")).isNotEmptyDirectory();
            assertThat(app.resolve("data/memberships.db")).isNotEmptyFile();
            assertThat(image.files()).isEqualTo(files);
            assertThat(Files.readString(image.output()))
                    .as("the archive of classes is one that this JVM takes")
                    .contains("io.github.ldaudiences.Audiences source: shared objects file (top)");
        } finally {
            container.destroy();
            assertThat(container.waitFor(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(container.exitValue()).isIn(0, 143);
    }

    private Reply post(Path events) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/events"))
                .header("Content-Type", "application/x-ndjson")
                .header("Authorization", "Bearer " + TOKEN)
                .POST(HttpRequest.BodyPublishers.ofFile(events))
                .build();
        return new Reply(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()));
    }
}
