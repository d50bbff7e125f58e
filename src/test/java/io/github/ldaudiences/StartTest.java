package io.github.ldaudiences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Inbound;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Folders;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LogWatch;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the bundle starts with, and what it refuses to start with. */
@Tag("config")
class StartTest {

    @Test
    void withoutCredentialsEventsGoToTheSandboxWhichTheInboundPortShows() {
        try (RunningBundle bundle = RunningBundle.start()) {
            bundle.post(
                    AudienceEvent.identify("aud a/b", "vip", true).user("u1").toString());
            assertThat(get(bundle, "/sandbox/segments").toString())
                    .isEqualTo(
                            "{\"segments\":[{\"environmentId\":\"test-client-id\",\"contextKind\":\"user\","
                                    + "\"cohortId\":\"aud a/b\",\"cohortName\":\"Vip\",\"included\":[\"u1\"],\"excluded\":[]}]}");
            bundle.post(AudienceEvent.entered("u2").toString());
            assertThat(get(bundle, "/sandbox/segments/aud_1").at("/included/0").asText())
                    .isEqualTo("u2");
        }
    }

    @Test
    void withCredentialsThereIsNoSandbox() {
        try (LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
                RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            assertThat(bundle.sandbox()).isNull();
            HttpRequest request =
                    bundle.request("/sandbox/segments", "application/json").build();
            assertThat(bundle.send(request).status()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @CsvSource({"us, 0", "eu, 1"})
    void theLogWarnsAboutAnInstanceThatHasNoSyncedSegments(String instance, int warnings) {
        try (LogWatch log = new LogWatch();
                LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
                RunningBundle bundle = RunningBundle.startAgainst(
                        launchDarkly, "audiences.destination.launchdarkly.instance", instance)) {
            assertThat(bundle.post(AudienceEvent.entered("u1").toString()).status())
                    .as("it can be chosen all the same")
                    .isEqualTo(200);
            assertThat(log.warnings())
                    .filteredOn(line -> line.startsWith("Destination launchdarkly is in LaunchDarkly's instance eu."
                            + " LaunchDarkly's documentation says that synced segments are not available there."))
                    .hasSize(warnings);
            assertThat(log.warnings()).hasSize(warnings);
        }
    }

    /** As in camel:run, where the JVM's own class path is Maven's. */
    @Test
    void itStartsWithAnotherClassLoaderThanThatOfTheJvm() throws Exception {
        List<URL> classPath = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            classPath.add(Path.of(entry).toUri().toURL());
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            thread.setContextClassLoader(loader);
            Class<?> fixture = loader.loadClass(RunningBundle.class.getName());
            Object settings = new String[] {"camel.main.name", "in-another-class-loader"};
            try (AutoCloseable bundle =
                    (AutoCloseable) fixture.getMethod("start", String[].class).invoke(null, settings)) {
                assertThat(fixture.getMethod("sandbox").invoke(bundle)).isNotNull();
            }
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void theSandboxCanBeToldToMisbehaveOverHttp() {
        try (RunningBundle bundle = RunningBundle.start("audiences.delivery.retry-delay-ms", "10")) {
            String fault = "{\"status\":429,\"headers\":{\"Retry-After\":\"1\"},\"requests\":2}";
            // As curl -d sends it.
            assertThat(bundle.send(bundle.request("/sandbox/faults", "application/x-www-form-urlencoded")
                                    .POST(HttpRequest.BodyPublishers.ofString(fault))
                                    .build())
                            .status())
                    .isEqualTo(204);
            assertThat(bundle.post(AudienceEvent.entered("u1").toString()).status())
                    .isEqualTo(200);
            assertThat(get(bundle, "/sandbox/stats").path("requests").asInt()).isEqualTo(3);
        }
    }

    @Test
    void theSandboxRefusesWhatLaunchDarklyRefuses() throws Exception {
        try (RunningBundle bundle = RunningBundle.start()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            java.net.URI.create(bundle.sandbox().url() + "/api/v2/segment-targets/segment-audiences"))
                    .POST(HttpRequest.BodyPublishers.ofString("{}"));
            assertThat(bundle.send(request.build()).status()).isEqualTo(401);
        }
    }

    @Test
    void thePrometheusEndpointShowsWhatBecameOfEvents() {
        int port = FreePort.find();
        try (RunningBundle bundle = RunningBundle.start("camel.management.port", Integer.toString(port))) {
            bundle.post(AudienceEvent.array(AudienceEvent.entered("u1"), "{\"type\":\"page\"}", "17"));
            java.net.URI metrics = java.net.URI.create("http://127.0.0.1:" + port + "/observe/metrics");
            String text = bundle.send(HttpRequest.newBuilder(metrics).build())
                    .response()
                    .body();
            assertThat(text)
                    .contains("audiences_events_total{outcome=\"delivered\"} 1.0")
                    .contains("audiences_events_total{outcome=\"skipped\"} 1.0")
                    .contains("audiences_events_total{outcome=\"rejected\"} 1.0")
                    .contains("audiences_attempts_total 1.0")
                    .contains("audiences_late_total 0.0")
                    .contains("audiences_backlog_events 0.0");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "audiences.batch.max-members | many | audiences.batch.max-members=many is not allowed; allowed is a whole"
                        + " number from 1 to 100000",
                "audiences.batch.max-member | 10 | audiences.batch.max-member is not a property of this bundle",
                "audiences.mapping.sync-engage-audience.trigger | type is \"x\" | expected an operator at position 6",
                "audiences.mapping.sync-engage-audience.destination | eu | audiences.mapping.sync-engage-audience"
                        + ".destination=eu is not allowed; allowed is the name of a destination: launchdarkly",
                "audiences.mapping.sync-engage-audience.context-key | email | one of user_id_then_email",
                "audiences.mapping.sync-engage-audience.user-email | {\"@liquid\":\"x\"} | @liquid, which is not supported",
                "audiences.mapping.sync-engage-audience.enabled | false | No mapping is on",
                "audiences.mapping.sync-engage-audience.preset | rudderstack-audience-list | segment-audience-id is not set;"
                        + " it is required with audiences.mapping.sync-engage-audience.preset=rudderstack-audience-list",
                "audiences.mapping.sync-engage-audience.preset | reverse-etl | segment-audience-id is not set; it is required with"
                        + " audiences.mapping.sync-engage-audience.preset=reverse-etl, whose events do not name their"
                        + " audience. Allowed is a path such as $.userId",
                "audiences.mapping.sync-engage-audience.preset | reverse-etl | sync-mode=none is not allowed with"
                        + " audiences.mapping.sync-engage-audience.preset=reverse-etl; allowed is one of add, update,"
                        + " upsert, delete, mirror.",
                "audiences.mapping.sync-engage-audience.sync-mode | mirror | sync-mode=mirror is not allowed with"
                        + " audiences.mapping.sync-engage-audience.preset=sync-engage-audience; allowed is none, or",
                "audiences.inbound.http.host | 0.0.0.0 | allowed is a loopback address",
                "audiences.batch.max-wait-ms | 4500 | allowed is less than audiences.inbound.http.reply-timeout-ms=4500",
                "audiences.destination.launchdarkly.client-side-id | abc | service-token is empty; set a LaunchDarkly",
                "audiences.destination.launchdarkly.service-token | secret-token | client-side-id is empty; set the",
                "audiences.destination.launchdarkly.api-url | https://ld.example.org | service-token is empty",
                "audiences.destination.launchdarkly.api-url | https://h/path | a URL of scheme, host",
                "audiences.inbound.http.uri | netty-http:http://0.0.0.0:8080/v1/events | allowed is a loopback address",
                "audiences.inbound.http.uri | platform-http:/v1/events | allowed is a loopback address",
                "audiences.inbound.uri | seda:events | allowed is no value while audiences.inbound=http",
                "audiences.dead-letter.uri | file:a?fileExist=Override | fileExist=Append",
                "audiences.dead-letter.uri | nowhere | the URI of a Camel endpoint"
            })
    void aValueThatCannotBeUsedEndsTheStartWithASentence(String key, String value, String sentence) {
        assertThatStartFails("with " + key + "=" + value, key, value)
                .hasMessageContaining(sentence)
                .hasMessageNotContaining("secret-token")
                .isInstanceOf(ConfigurationException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "audiences.inbound.http.port, audiences.inbound.http.port",
        "camel.management.port, camel.management.port",
        "audiences.sandbox.port, audiences.sandbox.port",
    })
    void aPortThatIsTakenEndsTheStartWithASentence(String key, String named) throws Exception {
        try (LogWatch log = new LogWatch();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());
            assertThatStartFails("while the port is taken", key, port)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("The bundle cannot listen on 127.0.0.1:" + port)
                    .hasMessageContaining(named);
            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void twoServersOnOnePortEndTheStartWithASentence() {
        String port = Integer.toString(FreePort.find());
        assertThatStartFails(
                        "with one port for two servers",
                        "audiences.inbound.http.port",
                        port,
                        "camel.management.port",
                        port)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("camel.management.port")
                .hasMessageContaining(
                        "the same port is set with audiences.inbound.http.host, audiences.inbound.http.port");
    }

    @Test
    void theLogSaysWhereHealthAndMetricsAre() {
        String port = Integer.toString(FreePort.find());
        try (LogWatch log = new LogWatch();
                RunningBundle bundle = RunningBundle.start("camel.management.port", port)) {
            assertThat(log.lines())
                    .extracting(LogWatch.Line::message)
                    .contains("Health:      http://127.0.0.1:" + port + "/observe/health, metrics at http://127.0.0.1:"
                            + port + "/observe/metrics")
                    .noneMatch(line -> line.contains("0.0.0.0"));
            assertThat(log.lines())
                    .extracting(LogWatch.Line::message)
                    .noneMatch(line -> line.contains("LaunchDarkly knows"));
        }
    }

    static Stream<Path> neededFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            // The view of the sandbox is no part of the way to LaunchDarkly.
            return files.filter(file -> !file.endsWith("sandbox.camel.yaml")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("neededFiles")
    void aFileOfRoutesThatIsMissingEndsTheStartWithItsName(Path file, @TempDir Path folder) throws IOException {
        Folders.copy(Path.of("routes"), folder.resolve("routes"));
        Files.delete(folder.resolve(file));
        String pattern = "file:" + folder.resolve("routes") + "/*.camel.yaml";
        String mode = file.endsWith("inbound-http-enqueue.camel.yaml") ? "enqueue" : "deliver";
        assertThatStartFails(
                        "without " + file,
                        "camel.main.routesIncludePattern",
                        pattern,
                        "audiences.inbound",
                        EnumSet.allOf(Inbound.class).stream()
                                .map(Inbound::toString)
                                .collect(Collectors.joining(",")),
                        "audiences.inbound.uri",
                        "seda:events",
                        "audiences.inbound.http.mode",
                        mode,
                        "audiences.replay",
                        "on",
                        "audiences.explain",
                        "on",
                        "audiences.store",
                        "file",
                        "audiences.store.file",
                        folder.resolve("memberships.db").toString(),
                        "audiences.store.lookup",
                        "on",
                        "audiences.store.forget",
                        "on",
                        "audiences.store.resync",
                        "on")
                .hasMessageContaining("Routes are missing: ")
                .hasMessageContaining(" (" + file.getFileName() + ")")
                .hasMessageContaining("looked for at " + pattern)
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void aFileOfRoutesForWhatIsOffMayBeMissing(@TempDir Path folder) throws IOException {
        Folders.copy(Path.of("routes"), folder.resolve("routes"));
        Stream<String> inboundsThatAreOff =
                EnumSet.complementOf(EnumSet.of(Inbound.HTTP)).stream().map(Inbound::routeId);
        for (String off : Stream.concat(
                        Stream.of("explain", "memberships", "forget", "resync", "inbound-replay"), inboundsThatAreOff)
                .toList()) {
            Files.delete(folder.resolve("routes").resolve(off + ".camel.yaml"));
        }
        try (RunningBundle bundle = RunningBundle.start(
                "camel.main.routesIncludePattern", "file:" + folder.resolve("routes") + "/*.camel.yaml")) {
            assertThat(bundle.post(AudienceEvent.entered("u1").toString()).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aMappingThatIsOffHasARouteThatCanBeStarted() throws Exception {
        try (RunningBundle bundle = RunningBundle.start(
                "audiences.mapping.accounts.enabled", "false",
                "audiences.mapping.accounts.context-kind", "account")) {
            bundle.post(AudienceEvent.entered("u1").toString());
            assertThat(kinds(bundle)).containsExactly("user");
            bundle.context().getRouteController().startRoute("mapping-accounts");
            assertThat(bundle.post(AudienceEvent.entered("u1").toString()).count("delivered"))
                    .isEqualTo(1);
            assertThat(kinds(bundle)).containsExactly("account", "user");
            bundle.context().getRouteController().stopRoute("mapping-sync-engage-audience");
            bundle.context().getRouteController().stopRoute("mapping-accounts");
            assertThat(bundle.post(AudienceEvent.entered("u1").toString()).count("skipped"))
                    .isEqualTo(1);
        }
    }

    private static java.util.List<String> kinds(RunningBundle bundle) {
        return bundle.sandbox().segments().findValuesAsText("contextKind");
    }

    @Test
    void theSandboxIsRefusedBesideCredentials() {
        assertThatStartFails(
                        "with a sandbox beside credentials",
                        "audiences.sandbox",
                        "on",
                        "audiences.destination.launchdarkly.service-token",
                        "secret-token")
                .hasMessageContaining("audiences.sandbox=on is not allowed while")
                .hasMessageNotContaining("secret-token");
    }

    /** If the start succeeds after all, the bundle is stopped and the assertion fails. */
    private static AbstractThrowableAssert<?, ?> assertThatStartFails(String when, String... properties) {
        return assertThatThrownBy(() -> RunningBundle.start(properties).close(), "a start " + when);
    }

    private static com.fasterxml.jackson.databind.JsonNode get(RunningBundle bundle, String path) {
        return bundle.send(bundle.request(path, "application/json").build()).json();
    }
}
