package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.command.backfill.BackfillCommand;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.PostgresServer;
import io.github.ldaudiences.fixture.Printed;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Starts with the configuration of an earlier version, and takes its dead letters, its membership store and the place
 * of its backfill. What an earlier version wrote is kept in the test's resources, and is never changed: a format that
 * changes gets a new folder beside it.
 */
@Tag("config")
class UpgradeTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOKEN = "a-token-of-the-sender";
    private static final String WRITE_KEY = "aWriteKeyOfASource0123456789";

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

    /**
     * With everything that could be set, one way or another, and a store in PostgreSQL. Only ports, hosts and paths are
     * others here.
     */
    @Test
    void aWholeConfigurationOfAnEarlierVersionStartsAndDoesWhatItDid() throws Exception {
        String version = "2026-11-28";
        try (PostgresServer postgres = new PostgresServer(folder.resolve("postgres"));
                LaunchDarklyStub launchDarkly = new LaunchDarklyStub()) {
            String store = postgres.newDatabase("audiences");
            try (Connection connection = DriverManager.getConnection(store, "postgres", "");
                    Statement statement = connection.createStatement()) {
                statement.execute(text(version + "/memberships.postgresql.sql"));
            }
            try (RunningBundle bundle =
                    RunningBundle.startAsConfigured(wholeConfiguration(version, store, launchDarkly))) {
                assertThat(send(
                                        bundle,
                                        "/v1/events",
                                        AudienceEvent.array(
                                                AudienceEvent.entered("u1").at(20),
                                                AudienceEvent.entered("u2").at(10)))
                                .count("delivered"))
                        .isEqualTo(2);
                assertThat(bundle.repeats()).isEqualTo(2);
                assertThat(bundle.lateChanges()).isEqualTo(1);
                assertThat(launchDarkly.requests()).as("the store has both").isEmpty();

                assertThat(sendAsSdk(bundle, AudienceEvent.entered("u3")).status())
                        .isEqualTo(200);
                assertThat(launchDarkly.requests()).hasSize(1);

                Reply replayed =
                        send(bundle, "/v1/dead-letters/replay?force=true", text(version + "/dead-letters.ndjson"));
                assertThat(replayed.count("delivered")).isEqualTo(2);
                assertThat(replayed.json().path("rejections").findValuesAsText("index"))
                        .containsExactly("1", "2", "4", "5");
                assertThat(replayed.json().path("rejections").findValuesAsText("code"))
                        .containsExactly("event_redacted", "event_redacted", "membership_not_boolean", "not_unicode");
                // In one batch, or in two if the first one had been sent when the second event came.
                assertThat(launchDarkly.requests().stream().skip(1))
                        .flatExtracting(LaunchDarklyStub.Request::members)
                        .containsExactlyInAnyOrder("redacted", "untyped");

                launchDarkly.answer(request -> LaunchDarklyStub.Answer.of(400));
                send(
                        bundle,
                        "/v1/events",
                        AudienceEvent.entered("refused").email("a@example.com").toString());
                JsonNode before =
                        JSON.readTree(text(version + "/dead-letters.ndjson").split("\n")[1]);
                assertThat(deadLetters()).last().satisfies(letter -> {
                    assertThat(fields(letter)).containsAll(fields(before));
                    assertThat(letter.at("/event/traits/email").asText()).isEqualTo("[redacted]");
                    assertThat(letter.at("/event/userId"))
                            .as("the same person's hash")
                            .isEqualTo(before.at("/event/userId"));
                });
            }
        }
    }

    private Path wholeConfiguration(String version, String store, LaunchDarklyStub launchDarkly) throws IOException {
        Path files = Files.createDirectories(folder.resolve("files"));
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.writeString(files.resolve("bearer-tokens"), TOKEN + "\n");
        Files.writeString(files.resolve("service-token"), LaunchDarklyStub.TOKEN);
        Files.writeString(files.resolve("context-key-salt"), "a-salt-of-the-upgrade");
        Files.writeString(files.resolve("kafka-password"), "password-of-kafka");
        Files.writeString(files.resolve("store-password"), "password-of-the-store");
        Path tls = Path.of("src/test/resources/tls");
        Files.copy(tls.resolve("rsa.crt"), files.resolve("ca.crt"));
        Files.copy(tls.resolve("rsa.crt"), files.resolve("tls.crt"));
        Files.copy(tls.resolve("rsa.pkcs8.key"), files.resolve("tls.key"));
        String nobody = "127.0.0.1:" + FreePort.find();
        String properties = text(version + "/application.properties");
        for (Map.Entry<String, String> replaced : Map.of(
                        "=0.0.0.0\n",
                        "=127.0.0.1\n",
                        "=8080\n",
                        "=" + FreePort.find() + "\n",
                        "=9876\n",
                        "=" + FreePort.find() + "\n",
                        "broker-1.example:9093,broker-2.example:9093",
                        nobody,
                        "https://registry.example",
                        "http://" + nobody,
                        "jdbc:postgresql://database.example:5432/audiences",
                        store,
                        "https://launchdarkly-relay.example",
                        launchDarkly.url(),
                        "/etc/audiences",
                        files.toString(),
                        "/var/lib/audiences",
                        data.toString())
                .entrySet()) {
            assertThat(properties).contains(replaced.getKey());
            properties = properties.replace(replaced.getKey(), replaced.getValue());
        }
        return Files.writeString(folder.resolve("application.properties"), properties);
    }

    private static Reply sendAsSdk(RunningBundle bundle, AudienceEvent event) {
        String key = Base64.getEncoder().encodeToString((WRITE_KEY + ":").getBytes(StandardCharsets.UTF_8));
        return bundle.send(bundle.request("/v1/identify", "application/json")
                .header("Authorization", "Basic " + key)
                .POST(BodyPublishers.ofString(event.json().without("type").toString()))
                .build());
    }

    private static Reply send(RunningBundle bundle, String path, String body) {
        return bundle.send(bundle.request(path, path.contains("replay") ? "application/x-ndjson" : "application/json")
                .header("Authorization", "Bearer " + TOKEN)
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    private List<JsonNode> deadLetters() throws IOException {
        List<JsonNode> letters = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder.resolve("data/dead-letter"))) {
            for (Path file : files.toList()) {
                for (String line : Files.readAllLines(file)) {
                    letters.add(JSON.readTree(line));
                }
            }
        }
        return letters;
    }

    private static List<String> fields(JsonNode letter) {
        List<String> names = new ArrayList<>();
        letter.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-11-28"})
    void aBackfillThatAnEarlierVersionBeganIsGoneOnWith(String version) throws IOException {
        Path file = Files.writeString(folder.resolve("load.ndjson"), text(version + "/load.ndjson"));
        try (LaunchDarklyStub launchDarkly = new LaunchDarklyStub()) {
            JsonNode place = JSON.readTree(text(version + "/place-of-load.json")
                    .replace("/var/lib/audiences/load.ndjson", file.toRealPath().toString())
                    .replace("https://launchdarkly-relay.example", launchDarkly.url()));
            Files.setLastModifiedTime(
                    file, FileTime.fromMillis(place.path("modified").asLong()));
            Files.writeString(folder.resolve(".load.ndjson.backfill"), place.toString());
            launchDarkly.destination().forEach(System::setProperty);
            Printed printed;
            try {
                printed = Printed.by(
                        (configuration, out, err) ->
                                new BackfillCommand(configuration, InputStream.nullInputStream(), out, err),
                        launchDarkly.destination(),
                        file.toString());
            } finally {
                launchDarkly.destination().keySet().forEach(System::clearProperty);
            }
            assertThat(printed.err()).contains("line 3");
            assertThat(printed.code()).isZero();
            assertThat(launchDarkly.requests().stream().flatMap(request -> request.members().stream()))
                    .containsExactly("next-1", "next-2");
            JsonNode written = JSON.readTree(Files.readString(folder.resolve(".load.ndjson.backfill")));
            assertThat(fields(written)).containsAll(fields(place));
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
