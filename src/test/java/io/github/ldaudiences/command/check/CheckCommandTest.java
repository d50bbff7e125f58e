package io.github.ldaudiences.command.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.fixture.Certificates;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.Latches;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.ShippedSettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code check} finds before a start would. */
@Tag("command")
class CheckCommandTest {

    private static final String DESTINATION = "audiences.destination.launchdarkly.";

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    @AfterEach
    void nothingWasSent() {
        launchDarkly.close();
        assertThat(launchDarkly.requests()).isEmpty();
        assertThat(text(out) + text(err)).doesNotContain(LaunchDarklyStub.TOKEN);
    }

    @Test
    void credentialsThatLaunchDarklyKnowsAreFine() {
        assertThat(check(launchDarkly)).isZero();

        assertThat(text(out)).isEqualTo("""
                        configuration: The configuration can be used.
                        destination launchdarkly: LaunchDarkly knows the environment and the service token.
                        """);
        assertThat(text(err)).isEmpty();
        assertThat(launchDarkly.checks())
                .extracting(request -> request.method() + " " + request.path())
                .containsExactly("HEAD /sdk/goals/test-client-id", "GET /api/v2/versions");
        assertThat(launchDarkly.checks().get(0).headers().get("Authorization")).isNull();
        assertThat(launchDarkly.checks().get(1).headers().get("Authorization")).containsExactly(LaunchDarklyStub.TOKEN);
    }

    @Test
    void aTokenAndAnEnvironmentThatLaunchDarklyDoesNotKnowAreSaidTogether() {
        launchDarkly.answerChecks(request -> Answer.of(request.method().equals("HEAD") ? 404 : 401));

        assertThat(check(launchDarkly)).isEqualTo(1);

        assertThat(text(err).lines())
                .containsExactly(
                        "destination launchdarkly: LaunchDarkly answered 404 for the environment. Set the client-side ID"
                                + " test-client-id (" + DESTINATION + "client-side-id) of an environment that exists,"
                                + " and the host that it is on (" + DESTINATION + "api-url and sdk-url).",
                        "destination launchdarkly: LaunchDarkly answered 401 for the service token. Set a service token"
                                + " that is valid: " + DESTINATION + "service-token.");
        assertThat(text(out)).isEqualTo("configuration: The configuration can be used.\n");
    }

    @Test
    void whatIsFoundIsJsonForPrograms() throws Exception {
        launchDarkly.answerChecks(request -> Answer.of(request.method().equals("HEAD") ? 200 : 503));

        assertThat(check(launchDarkly, "--json")).isEqualTo(1);

        JsonNode json = new ObjectMapper().readTree(text(out));
        assertThat(json.path("fine").booleanValue()).isFalse();
        assertThat(json.path("checks").findValuesAsText("subject"))
                .containsExactly("configuration", "destination launchdarkly");
        assertThat(json.at("/checks/0/fine").booleanValue()).isTrue();
        assertThat(json.at("/checks/1/problems/0").asText())
                .isEqualTo("The service token could not be checked: LaunchDarkly answered 503.");
        assertThat(text(err)).isEmpty();
    }

    @Test
    void aLaunchDarklyThatDoesNotAnswerIsWaitedForAsLongAsIsConfigured() {
        CountDownLatch release = new CountDownLatch(1);
        launchDarkly.answerChecks(request -> {
            Latches.await(release);
            return Answer.of(200);
        });

        assertThat(check(launchDarkly, List.of("audiences.delivery.response-timeout-ms", "100")))
                .isEqualTo(1);
        release.countDown();

        assertThat(text(err))
                .contains("The environment could not be checked: LaunchDarkly could not be reached: ")
                .contains("The service token could not be checked: LaunchDarkly could not be reached: ");
    }

    @Test
    void aCertificateThatIsNotTrustedIsSaidWithThePropertyThatTrustsIt() throws Exception {
        Certificates certificates = new Certificates(folder);
        Path authority = Certificates.pemCertificates(certificates.authority("company"));
        var server = Certificates.context(
                certificates.signedBy("company", "launchdarkly"), Certificates.trustStore(authority));
        try (LaunchDarklyStub tls = new LaunchDarklyStub(server, terms -> {})) {
            assertThat(check(tls)).isEqualTo(1);
            assertThat(text(err)).contains("PKIX path building failed").contains("audiences.outbound.tls-truststore");
            assertThat(check(tls, List.of("audiences.outbound.tls-truststore", authority.toString())))
                    .isZero();
        }
    }

    @Test
    void everyProblemOfEveryPartOfTheConfigurationIsSaidAndNobodyIsAsked() {
        int exitCode = check(
                launchDarkly,
                List.of(
                        "audiences.inbound.http.host",
                        "0.0.0.0",
                        "audiences.batch.min-wait-ms",
                        "5000",
                        "audiences.mapping.sync-engage-audience.destination",
                        "nowhere",
                        "audiences.outbound.tls-truststore",
                        "missing.pem",
                        "audiences.store",
                        "jdbc"));

        assertThat(exitCode).isEqualTo(2);
        assertThat(text(err).lines())
                .hasSize(5)
                .allMatch(line -> line.startsWith("configuration: audiences."))
                .anyMatch(line -> line.contains("audiences.inbound.http.host with the host '0.0.0.0' is not allowed"))
                .anyMatch(line -> line.contains("audiences.batch.min-wait-ms=5000 is not allowed"))
                .anyMatch(line -> line.contains("destination=nowhere is not allowed"))
                .anyMatch(line -> line.contains("audiences.outbound.tls-truststore=missing.pem"))
                .anyMatch(line -> line.contains("audiences.store.url= is not allowed"));
        assertThat(launchDarkly.checks()).isEmpty();
    }

    @Test
    void propertiesThatCannotBeReadAreExitCode2InJsonToo() throws Exception {
        assertThat(check(launchDarkly, List.of("audiences.batch.max-members", "many"), "--json"))
                .isEqualTo(2);
        assertThat(new ObjectMapper()
                        .readTree(text(out))
                        .at("/checks/0/problems/0")
                        .asText())
                .startsWith("audiences.batch.max-members=many is not allowed");
    }

    @Test
    void offlineNobodyIsAsked() {
        launchDarkly.answerChecks(request -> Answer.of(401));

        assertThat(check(launchDarkly, "--offline")).isZero();
        assertThat(launchDarkly.checks()).isEmpty();
    }

    @Test
    void withoutCredentialsThereIsNobodyToAsk() {
        assertThat(check(List.of())).isZero();
        assertThat(text(out)).contains("destinations: Events go to a sandbox in the bundle's own process");
    }

    @Test
    void aStoreThatCannotBeMadeOrReadIsSaid() throws Exception {
        Path occupied = Files.writeString(folder.resolve("occupied"), "no database");
        List<String> file = List.of("audiences.store", "file", "audiences.store.file");

        assertThat(check(and(file, folder.resolve("new/memberships.db").toString())))
                .isZero();
        assertThat(text(out)).contains("store: The next start will create " + folder.resolve("new/memberships.db"));
        assertThat(folder.resolve("new")).doesNotExist();

        assertThat(check(and(file, occupied.resolve("memberships.db").toString())))
                .isEqualTo(1);
        assertThat(text(err)).contains("cannot be created: the folder " + occupied + " is not writable.");

        assertThat(check(and(file, occupied.toString()))).isEqualTo(1);
        assertThat(text(err)).contains("store: audiences.store.file=" + occupied + " is not allowed");
    }

    @Test
    void aDatabaseThatDoesNotAnswerIsSaid() {
        assertThat(check(List.of(
                        "audiences.store",
                        "jdbc",
                        "audiences.store.url",
                        "jdbc:postgresql://127.0.0.1:" + FreePort.find() + "/audiences",
                        "audiences.store.timeout-ms",
                        "1000")))
                .isEqualTo(1);
        assertThat(text(err)).contains("store: audiences.store.url=").contains("that answers");
    }

    private int check(LaunchDarklyStub stub, String... arguments) {
        return check(stub, List.of(), arguments);
    }

    private int check(LaunchDarklyStub stub, List<String> properties, String... arguments) {
        List<String> all = new ArrayList<>();
        stub.destination().forEach((key, value) -> all.addAll(List.of(key, value)));
        all.addAll(properties);
        return check(all, arguments);
    }

    private int check(List<String> properties, String... arguments) {
        out.reset();
        err.reset();
        CheckCommand command = new CheckCommand(
                () -> ShippedSettings.with(properties.toArray(String[]::new)), stream(out), stream(err));
        return new CommandLine(command).execute(arguments);
    }

    private static List<String> and(List<String> properties, String more) {
        return Stream.concat(properties.stream(), Stream.of(more)).toList();
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
