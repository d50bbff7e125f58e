package io.github.ldaudiences.command.explain;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.AudiencesMain;
import io.github.ldaudiences.fixture.BundleProcess;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own, in a folder with the shipped properties and nothing else. */
@Tag("command")
class ExplainCommandTest {

    private static final String MAPPING = "audiences.mapping.sync-engage-audience.";

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();

    @TempDir
    private Path folder;

    @TempDir
    private Path streams;

    /** What a process printed, and how it ended. */
    private record Ended(int exitCode, String out, String err) {}

    @BeforeEach
    void copyProperties() throws IOException {
        Files.copy(Path.of("application.properties"), folder.resolve("application.properties"));
    }

    @AfterEach
    void nothingWasAskedOfLaunchDarkly() {
        launchDarkly.close();
        assertThat(launchDarkly.requests()).isEmpty();
        assertThat(launchDarkly.checks()).isEmpty();
    }

    @Test
    void aFileIsExplainedInWordsWithTheConfigurationOfTheWorkingDirectory() throws Exception {
        configure(MAPPING + "context-key=email_only");
        Files.writeString(
                folder.resolve("event.json"),
                entered("u1").email("a@example.com").toString());

        Ended ended = explain(credentials(), "", "event.json");

        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .startsWith("Event 0 (msg-aud_1): delivered\n  Mapping sync-engage-audience (on): delivered\n")
                .contains(" type = \"track\": does not match, found \"identify\"\n")
                .contains(" context_key                 \"email_only\" from the setting (own)\n")
                .contains(" context key                 \"a@example.com\" from user_email\n")
                .contains(" membership                  true from traits: ADD\n")
                .contains(" destination                 launchdarkly, environment test-client-id\n")
                .contains(" POST " + launchDarkly.url() + "/api/v2/segment-targets/segment-audiences\n")
                .contains(" Authorization: ******\n")
                .contains(
                        " {\"environmentId\":\"test-client-id\",\"contextKind\":\"user\",\"batch\":[{\"userId\":"
                                + "\"a@example.com\",\"cohortName\":\"Vip customers\",\"cohortId\":\"aud_1\",\"value\":true}]}\n")
                .doesNotContain(LaunchDarklyStub.TOKEN);
        assertThat(ended.exitCode()).isZero();
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("application.properties", "event.json");
    }

    @Test
    void theStandardInputIsExplainedAsJsonAndARejectedEventIsExitCode1() throws Exception {
        String body = array(entered("jörg"), "{\"type\":\"track\"}", entered("x".repeat(501)));

        Ended ended = explain(credentials(), body, "--json", "-");

        JsonNode events = new ObjectMapper().readTree(ended.out()).path("events");
        assertThat(events.findValuesAsText("index")).containsExactly("0", "1", "2");
        assertThat(events.path(0).at("/mappings/0/contextKey/value").asText()).isEqualTo("jörg");
        assertThat(events.path(1).path("outcome").asText()).isEqualTo("skipped");
        assertThat(events.path(2).at("/mappings/0/reason").asText())
                .isEqualTo("context_key: expected at most 500 characters, found 501.");
        assertThat(ended.exitCode()).isEqualTo(1);
    }

    @Test
    void linesAreKnownByTheNameOfTheFileAndSkippedEventsAreFine() throws Exception {
        Files.writeString(folder.resolve("events.ndjson"), "{\"type\":\"page\"}\n" + entered("u1") + "\n");

        Ended ended = explain(Map.of(), "", "events.ndjson");

        assertThat(ended.out())
                .contains("Event 0: skipped\n")
                .contains("Event 1 (msg-aud_1): delivered\n")
                .contains(" environment test-client-id of the embedded sandbox\n");
        assertThat(ended.exitCode()).isZero();
        assertThat(explain(Map.of(), "{}\n{}", "--lines", "-").exitCode()).isZero();
    }

    @Test
    void inputThatCannotBeUsedIsSaidAndExitCode2() throws Exception {
        Ended missing = explain(credentials(), "", "missing.json");
        assertThat(missing.err()).isEqualTo("There is no file missing.json.\n");
        assertThat(missing.exitCode()).isEqualTo(2);

        Ended broken = explain(credentials(), "{\"type\":", "-");
        assertThat(broken.err()).startsWith("The body is not valid JSON");
        assertThat(broken.out()).isEmpty();
        assertThat(broken.exitCode()).isEqualTo(2);

        Ended nothing = explain(credentials(), "");
        assertThat(nothing.err()).startsWith("Missing required parameter: '<file>'");
        assertThat(nothing.exitCode()).isEqualTo(2);
    }

    @Test
    void aConfigurationThatTheBundleWouldNotStartWithIsSaidAndExitCode2() throws Exception {
        configure(MAPPING + "trigger=type is \"x\"");

        Ended ended = explain(credentials(), "{}", "-");

        assertThat(ended.err())
                .contains(MAPPING + "trigger=type is \"x\" is not allowed")
                .contains("expected an operator at position 6");
        assertThat(ended.exitCode()).isEqualTo(2);
    }

    private Map<String, String> credentials() {
        return Map.of(
                "LAUNCHDARKLY_API_URL",
                launchDarkly.url(),
                "LAUNCHDARKLY_SDK_URL",
                launchDarkly.url(),
                "LAUNCHDARKLY_SERVICE_TOKEN",
                LaunchDarklyStub.TOKEN,
                "LAUNCHDARKLY_CLIENT_SIDE_ID",
                "test-client-id");
    }

    private void configure(String line) throws IOException {
        Files.writeString(folder.resolve("application.properties"), "\n" + line + "\n", StandardOpenOption.APPEND);
    }

    private Ended explain(Map<String, String> environment, String input, String... args) throws Exception {
        Path in = Files.writeString(streams.resolve("in"), input);
        Path out = streams.resolve("out");
        Path err = streams.resolve("err");
        List<String> command = new ArrayList<>(List.of(
                BundleProcess.jdk("java"),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                AudiencesMain.class.getName(),
                "explain"));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        int exitCode = builder.start().waitFor();
        return new Ended(exitCode, Files.readString(out), Files.readString(err));
    }
}
