package io.github.ldaudiences.command.drift;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.identify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.command.store.MembershipsCommand;
import io.github.ldaudiences.command.store.ResyncCommand;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Certificates;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.Printed;
import io.github.ldaudiences.fixture.ProxyServer;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.sandbox.Fault;
import io.github.ldaudiences.sandbox.RateLimitSetting;
import io.github.ldaudiences.sandbox.Sandbox;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The store is compared with what LaunchDarkly has; the bundle runs meanwhile, and a sandbox is in LaunchDarkly's place. */
@Tag("command")
class CheckDriftTest {

    private static final String ENVIRONMENT = "test-client-id";
    private static final Map<String, String> PROPERTIES = new HashMap<>();

    private static Sandbox launchDarkly;
    private static RunningBundle bundle;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws IOException {
        launchDarkly = new Sandbox(0, LaunchDarklyStub.TOKEN, Set.of(ENVIRONMENT, "another-client-id"));
        PROPERTIES.putAll(LaunchDarklyStub.destinationAt(launchDarkly.url()));
        PROPERTIES.putAll(store("memberships.db"));
        PROPERTIES.put("audiences.store.resync", "on");
        PROPERTIES.put("audiences.delivery.max-requests", "1000");
        PROPERTIES.put("audiences.delivery.retry-delay-ms", "20");
        PROPERTIES.put("audiences.mapping.accounts.trigger", "type = \"identify\" and userId = \"account-1\"");
        PROPERTIES.put("audiences.mapping.accounts.context-kind", "account");
        bundle = RunningBundle.start(pairs(PROPERTIES));
        PROPERTIES.put("audiences.inbound.http.port", Integer.toString(bundle.port()));
    }

    @AfterAll
    static void stop() {
        bundle.close();
        launchDarkly.close();
    }

    @AfterEach
    void behaveAgain() {
        launchDarkly.clearFaults();
        launchDarkly.limit(null);
    }

    @Test
    void nothingDiffersAfterDelivery() {
        delivered(
                event("aud_same", "a/b+c d%20@x.org", true),
                event("aud_same", "Zoë?", true),
                event("aud_same", "p", false));
        Printed printed = checked("aud_same");
        assertThat(printed.err()).isEmpty();
        assertThat(printed.out())
                .isEqualToIgnoringNewLines(
                        "vip (aud_same, user): 3 people compared with the segment aud_same, 0 differ.");
        assertThat(printed.code()).isZero();
        assertThat(checked("aud_same", "--sample=2").out()).contains(": 2 people compared");
    }

    @Test
    void whatDiffersIsPrintedWithTheCommandThatMendsIt() throws Exception {
        delivered(
                event("aud differs", "removed", true),
                event("aud differs", "back", false),
                event("aud differs", "p", true));
        tell("aud differs", "removed", false);
        tell("aud differs", "back", true);
        Printed printed = checked("aud differs");
        assertThat(printed.code()).isEqualTo(1);
        assertThat(printed.out())
                .contains(
                        "3 people compared with the segment aud differs, 2 differ.",
                        "\n  removed is a member, but LaunchDarkly has them not (store: since 2026-01-01T00:00:00.010Z, delivered 20",
                        "\n  back has left, but LaunchDarkly has them still",
                        "\n  To send the audience again: java -jar launchdarkly-audiences-camel-*.jar resync"
                                + " --audience='aud differs' --context-kind=user --destination=launchdarkly");
        JsonNode json =
                new ObjectMapper().readTree(checked("aud differs", "--json").out());
        assertThat(json.path("checked").asInt()).isEqualTo(3);
        assertThat(json.at("/segments/0").asText()).isEqualTo("aud differs");
        assertThat(json.path("differences")).hasSize(2).anySatisfy(difference -> {
            assertThat(difference.path("contextKey").asText()).isEqualTo("back");
            assertThat(difference.path("stored").asBoolean(true)).isFalse();
            assertThat(difference.path("launchDarkly").asBoolean()).isTrue();
        });

        assertThat(Printed.by(
                                ResyncCommand::new,
                                PROPERTIES,
                                "--audience=aud differs",
                                "--context-kind=user",
                                "--destination=launchdarkly")
                        .code())
                .isZero();
        assertThat(checked("aud differs").code()).isZero();
    }

    @Test
    void aSegmentThatDoesNotExistDiffers() {
        delivered(event("aud_gone", "p", true));
        launchDarkly.clearSegments();
        Printed printed = checked("aud_gone");
        assertThat(printed.code()).isEqualTo(1);
        assertThat(printed.out())
                .contains(
                        "LaunchDarkly has no synced segment with the key aud_gone or the name \"Vip\". If it has another key,"
                                + " name it: --segment=aud_gone=<key>.",
                        "resync --audience=aud_gone ");
    }

    @Test
    void aSegmentIsFoundByItsNameUnlessSeveralHaveIt() {
        delivered(event("aud_account", "account-1", true));
        assertThat(checked("aud_account", "--context-kind=account").out())
                .contains("(aud_account, account): 1 people compared with the segment aud_account-account, 0 differ.");
        delivered(event("aud_account_2", "account-1", true));
        Printed printed = checked("aud_account", "--context-kind=account");
        assertThat(printed.code()).isEqualTo(2);
        assertThat(printed.out())
                .contains("not compared, because several synced segments have the name \"Vip\": aud_account-account,"
                        + " aud_account_2-account. Name the right one: --segment=aud_account=<key>.");
        assertThat(checked("aud_account", "--context-kind=account", "--segment=aud_account=aud_account-account")
                        .code())
                .isZero();
        assertThat(checked("aud_account", "--context-kind=account", "--segment=aud_account=none")
                        .code())
                .isEqualTo(1);
    }

    @Test
    void whatMayStillBeOnItsWayIsNotCompared() throws Exception {
        delivered(event("aud_young", "p", true));
        tell("aud_young", "p", false);
        Printed printed = Printed.by(
                CheckDriftCommand::new,
                PROPERTIES,
                "--project=sandbox",
                "--environment=" + ENVIRONMENT,
                "--audience=aud_young");
        assertThat(printed.err())
                .startsWith("Nothing was compared: the store has no matching states that are older than 60");
        assertThat(printed.code()).isEqualTo(2);
    }

    @Test
    void aPersonWhoChangesMeanwhileIsNotSaidToDiffer() {
        delivered(event("aud_moving", "p", true));
        try (LaunchDarklyStub other = new LaunchDarklyStub()) {
            other.answerChecks(request -> {
                if (request.path().contains("/contexts/")) {
                    delivered(identify("aud_moving", "vip", false).user("p").at(20));
                    await().until(() -> Printed.by(MembershipsCommand::new, PROPERTIES, "--audience=aud_moving")
                            .out()
                            .contains("p is not in"));
                    return json("{\"userKey\":\"p\",\"included\":false,\"excluded\":false}");
                }
                return json(
                        request.path().contains("/projects/")
                                ? "{\"_id\":\"" + ENVIRONMENT + "\"}"
                                : "{\"items\":[{\"key\":\"k\",\"name\":\"Vip\",\"_external\":\"other\"}],\"totalCount\":1}");
            });
            Printed printed = checked(at(other.url()), "--audience=aud_moving");
            assertThat(printed.out()).contains("1 people compared with the segment k, 0 differ.");
            assertThat(other.checks()).allSatisfy(request -> {
                assertThat(request.headers().getFirst("LD-API-Version")).isEqualTo("20240415");
                assertThat(request.headers().getFirst("Authorization")).isEqualTo(LaunchDarklyStub.TOKEN);
            });
        }
    }

    @Test
    void allPagesOfSegmentsAreRead() {
        delivered(IntStream.range(0, 120)
                .mapToObj(i -> event("aud_page_" + i, "p", true))
                .toArray());
        assertThat(checked("aud_page_99").out()).contains("segment aud_page_99, 0 differ");
        assertThat(Printed.by(
                                CheckDriftCommand::new,
                                PROPERTIES,
                                "--project=sandbox",
                                "--environment=" + ENVIRONMENT,
                                "--context-kind=user",
                                "--min-age-seconds=0",
                                "--sample=1")
                        .out()
                        .lines()
                        .filter(line -> line.contains("aud_page_") && line.endsWith("0 differ.")))
                .hasSize(120);
    }

    @Test
    void theRateLimitIsObeyedAndWhatFailsForNowIsAskedAgain() {
        delivered(IntStream.range(0, 7)
                .mapToObj(i -> event("aud_limited", "p" + i, true))
                .toArray());
        launchDarkly.limit(new RateLimitSetting(4, 300));
        assertThat(checked("aud_limited").code()).isZero();
        assertThat(launchDarkly.stats().path("mostRateLimitedInAWindow").asInt())
                .isLessThanOrEqualTo(1);
        launchDarkly.limit(null);
        launchDarkly.add(Fault.status(503, 2));
        launchDarkly.add(Fault.status(429, 1));
        assertThat(checked("aud_limited").code()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | LaunchDarkly has no project none with an environment test | --project=none",
                "2 | LaunchDarkly has no project sandbox with an environment none | --environment=none",
                "2 | its client-side ID is another-client-id, and not test-client-id. | --environment=another-client-id",
                "2 | There is no destination other. Destinations: launchdarkly. | --destination=other",
                "2 | --sample=0 is not allowed; allowed is 1 to 100000. | --sample=0",
                "2 | Nothing was compared | --audience=aud_never_heard_of",
            })
    void whatCannotBeComparedIsSaid(int code, String sentence, String option) {
        delivered(event("aud_any", "p", true));
        Map<String, String> options = new HashMap<>(Map.of(
                "--project",
                "sandbox",
                "--environment",
                ENVIRONMENT,
                "--audience",
                "aud_any",
                "--min-age-seconds",
                "0"));
        options.put(option.split("=")[0], option.split("=")[1]);
        Printed printed = Printed.by(
                CheckDriftCommand::new,
                PROPERTIES,
                options.entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .toArray(String[]::new));
        assertThat(printed.err()).contains(sentence);
        assertThat(printed.code()).isEqualTo(code);
    }

    @Test
    void projectAndEnvironmentAreNeeded() {
        Printed printed = Printed.by(CheckDriftCommand::new, PROPERTIES, "--project=sandbox");
        assertThat(printed.err()).startsWith("--project=<key> and --environment=<key> are required");
        assertThat(printed.code()).isEqualTo(2);
        Map<String, String> two = new HashMap<>(PROPERTIES);
        LaunchDarklyStub.destinationAt(launchDarkly.url())
                .forEach((key, value) -> two.put(key.replace(".launchdarkly.", ".second."), value));
        assertThat(checked(two, "--audience=aud_any").err())
                .startsWith("--destination=<id> is required, with one of launchdarkly, second.");
    }

    @Test
    void aTokenThatIsRefusedIsSaidAndNotShown() {
        Map<String, String> wrong = new HashMap<>(PROPERTIES);
        wrong.put("audiences.destination.launchdarkly.service-token", "api-wrong-token");
        Printed printed = checked(wrong, "--audience=aud_any");
        assertThat(printed.code()).isEqualTo(2);
        assertThat(printed.err())
                .startsWith("LaunchDarkly cannot be asked. LaunchDarkly answered 401: Invalid access token (id ")
                .doesNotContain("api-wrong-token");
        try (LaunchDarklyStub echo = new LaunchDarklyStub()) {
            echo.answerChecks(request -> new LaunchDarklyStub.Answer(
                    403, "<p>" + request.headers().getFirst("Authorization") + "</p>", Map.of()));
            assertThat(checked(at(echo.url()), "--audience=aud_any").err())
                    .contains("LaunchDarkly answered 403: <p>******</p>");
            echo.answerChecks(request -> json("<p>Welcome</p>"));
            Printed page = checked(at(echo.url()), "--audience=aud_any");
            assertThat(page.err()).contains("The answer is not JSON");
            assertThat(page.code()).isEqualTo(2);
        }
    }

    @Test
    void whereNobodyAnswersTheCommandEndsWith3() {
        Map<String, String> nobody = at("http://127.0.0.1:" + FreePort.find());
        nobody.put("audiences.delivery.retry-delay-ms", "1");
        Printed printed = checked(nobody, "--audience=aud_any");
        assertThat(printed.err()).startsWith("LaunchDarkly cannot be asked. LaunchDarkly could not be reached: ");
        assertThat(printed.code()).isEqualTo(3);
    }

    @Test
    void proxyAndCertificatesAreThoseOfTheBundle() throws Exception {
        Path keys = new Certificates(folder).keyPair("launchdarkly", "PKCS12");
        SSLContext tls = Certificates.context(keys, null);
        try (ProxyServer proxy = new ProxyServer();
                LaunchDarklyStub secured = new LaunchDarklyStub(tls, terms -> {})) {
            secured.answerChecks(request -> LaunchDarklyStub.Answer.of(404));
            Map<String, String> properties = at(secured.url(Certificates.HOST));
            properties.put("audiences.delivery.retry-delay-ms", "1");
            properties.put("audiences.outbound.proxy-host", "127.0.0.1");
            properties.put("audiences.outbound.proxy-port", Integer.toString(proxy.port()));
            assertThat(checked(properties, "--audience=aud_any").err()).contains("SSLHandshakeException");
            properties.put(
                    "audiences.outbound.tls-truststore",
                    Certificates.pemCertificates(keys).toString());
            assertThat(checked(properties, "--audience=aud_any").err()).startsWith("LaunchDarkly has no project");
            assertThat(proxy.requests()).isNotEmpty();
        }
    }

    @Test
    void theEmbeddedSandboxIsAskedThroughTheBundle() {
        Map<String, String> properties = new HashMap<>(store("sandboxed.db"));
        properties.put("audiences.inbound.http.bearer-tokens", "drift-bearer-token-of-some-length");
        try (RunningBundle sandboxed = RunningBundle.start(pairs(properties))) {
            properties.put("audiences.inbound.http.port", Integer.toString(sandboxed.port()));
            assertThat(sandboxed
                            .send(sandboxed
                                    .request("/v1/events", "application/json")
                                    .header("Authorization", "Bearer drift-bearer-token-of-some-length")
                                    .POST(HttpRequest.BodyPublishers.ofString(event("aud_1", "a/b+c d%20@x.org", true)
                                            .toString()))
                                    .build())
                            .status())
                    .isEqualTo(200);
            await().until(() -> !Printed.by(MembershipsCommand::new, properties, "--audience=aud_1")
                    .out()
                    .isEmpty());
            Printed printed = Printed.by(CheckDriftCommand::new, properties, "--min-age-seconds=0");
            assertThat(printed.err()).isEmpty();
            assertThat(printed.out()).contains("1 people compared with the segment aud_1, 0 differ.");
            sandboxed.sandbox().clearSegments();
            assertThat(Printed.by(CheckDriftCommand::new, properties, "--min-age-seconds=0")
                            .code())
                    .isEqualTo(1);
        }
    }

    private static Map<String, String> store(String file) {
        return Map.of(
                "audiences.store",
                "file",
                "audiences.store.file",
                folder.resolve(file).toString());
    }

    private static String[] pairs(Map<String, String> properties) {
        List<String> pairs = new ArrayList<>();
        properties.forEach((key, value) -> pairs.addAll(List.of(key, value)));
        return pairs.toArray(String[]::new);
    }

    /** The configuration, with LaunchDarkly elsewhere. */
    private static Map<String, String> at(String url) {
        Map<String, String> properties = new HashMap<>(PROPERTIES);
        properties.putAll(LaunchDarklyStub.destinationAt(url));
        return properties;
    }

    private static LaunchDarklyStub.Answer json(String body) {
        return new LaunchDarklyStub.Answer(200, body, "Content-Type", "application/json");
    }

    private static AudienceEvent event(String audience, String person, boolean member) {
        return identify(audience, "vip", member).user(person).at(10);
    }

    private static void delivered(Object... events) {
        assertThat(bundle.post(array(events)).count("delivered")).isEqualTo(events.length);
        for (Object each : events) {
            JsonNode event = ((AudienceEvent) each).json();
            String audience = event.at("/context/personas/computation_id").asText();
            await().until(() -> isStored(audience, event.path("userId").asText()));
        }
    }

    private static boolean isStored(String audience, String person) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + PROPERTIES.get("audiences.store.file"));
                PreparedStatement select = connection.prepareStatement(
                        "SELECT 1 FROM audiences_membership m"
                                + " JOIN audiences_audience a ON a.id = m.audience WHERE a.audience_id = ? AND m.context_key = ?")) {
            select.setString(1, audience);
            select.setString(2, person);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** Tells LaunchDarkly something that the bundle does not know. */
    private static void tell(String audience, String person, boolean member) throws Exception {
        String body =
                "{\"environmentId\":\"%s\",\"contextKind\":\"user\",\"batch\":[{\"userId\":\"%s\",\"cohortName\":\"Vip\","
                                .formatted(ENVIRONMENT, person)
                        + "\"cohortId\":\"%s\",\"value\":%s}]}".formatted(audience, member);
        HttpResponse<Void> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create(launchDarkly.url() + "/api/v2/segment-targets/segment-audiences"))
                                .header("Authorization", LaunchDarklyStub.TOKEN)
                                .header("LD-API-Version", "20240415")
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
        assertThat(response.statusCode()).isEqualTo(204);
    }

    private static Printed checked(String audience, String... options) {
        String[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = "--audience=" + audience;
        return checked(PROPERTIES, all);
    }

    private static Printed checked(Map<String, String> properties, String... options) {
        List<String> all =
                new ArrayList<>(List.of("--project=sandbox", "--environment=" + ENVIRONMENT, "--min-age-seconds=0"));
        all.addAll(List.of(options));
        return Printed.by(CheckDriftCommand::new, properties, all.toArray(String[]::new));
    }
}
