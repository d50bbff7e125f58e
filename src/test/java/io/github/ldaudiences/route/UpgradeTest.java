package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Starts with the configuration of an earlier version, and takes its dead letters and its membership store. What an earlier version wrote is kept
 * in the test's resources, and is never changed: a format that changes gets a new folder beside it.
 */
class UpgradeTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"2026-11"})
    void theConfigurationAndTheDeadLettersOfAnEarlierVersionAreTaken(String version) throws IOException {
        try (RunningBundle bundle = RunningBundle.start(configuration(version))) {
            Reply reply = bundle.replay("?force=true", (Object[])
                    text(version + "/dead-letters.ndjson").split("\n"));

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.count("received")).isEqualTo(5);
            assertThat(bundle.included("aud_upgrade")).containsExactlyInAnyOrder("refused", "unread", "first-form");
            assertThat(bundle.deadLetters())
                    .as("what could not be read, and what has no context key, is still so")
                    .extracting(letter -> letter.path("source").path("replay").textValue())
                    .containsExactlyInAnyOrder(
                            "019aca11-0000-7000-8000-000000000003", "019aca11-0000-7000-8000-000000000004");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-11"})
    void theMembershipStoreOfAnEarlierVersionIsGoneOnWith(String version) throws IOException, SQLException {
        Path file = folder.resolve("memberships.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            for (String sql : text(version + "/memberships.sql").split(";\n")) {
                statement.execute(sql);
            }
        }
        try (RunningBundle bundle =
                RunningBundle.start("audiences.store", "file", "audiences.store.file", file.toString())) {
            Reply reply = bundle.post(AudienceEvent.array(
                    AudienceEvent.entered("u1").at(20),
                    AudienceEvent.entered("u2").at(10)));
            assertThat(reply.count("delivered")).isEqualTo(2);
            assertThat(bundle.repeats()).isEqualTo(2);
            assertThat(bundle.lateChanges()).isEqualTo(1);
            assertThat(bundle.segmentIds()).as("nothing had to be sent").isEmpty();
        }
    }

    /** All that was set, but for what two tests cannot have at once, and with replay. */
    private static String[] configuration(String version) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text(version + "/application.properties")));
        List<String> keysAndValues = new ArrayList<>();
        properties.stringPropertyNames().stream()
                .filter(key -> key.startsWith("audiences."))
                .filter(key -> !key.equals("audiences.inbound.http.port") && !key.equals("audiences.dead-letter.uri"))
                .forEach(key -> keysAndValues.addAll(List.of(key, properties.getProperty(key))));
        keysAndValues.addAll(List.of("audiences.replay", "on"));
        return keysAndValues.toArray(String[]::new);
    }

    private static String text(String name) throws IOException {
        try (InputStream in = UpgradeTest.class.getResourceAsStream("/upgrade/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
