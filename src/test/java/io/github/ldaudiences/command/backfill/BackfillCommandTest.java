package io.github.ldaudiences.command.backfill;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Inbound;
import io.github.ldaudiences.fixture.Compressed;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.fixture.ShippedSettings;
import io.github.ldaudiences.sandbox.Fault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a backfill does with the files that it is given, in this process and through a running bundle. */
@Tag("command")
class BackfillCommandTest {

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> properties = new HashMap<>();

    @TempDir
    private Path folder;

    @BeforeEach
    void configure() {
        properties.putAll(launchDarkly.destination());
        properties.put("audiences.dead-letter.uri", "file:" + folder.resolve("dead-letter") + "?fileName=d.ndjson");
        // As somebody may have set it: the command stands above it.
        properties.put("audiences.inbound", "http");
        properties.forEach(System::setProperty);
    }

    @AfterEach
    void close() {
        properties.keySet().forEach(System::clearProperty);
        launchDarkly.close();
    }

    @Test
    void everyLineOfEveryFileIsSettledAndTheBadOnesAreInTheDeadLetter() throws Exception {
        Path plain = write("a.ndjson", lines(0, 1500) + "junk\n" + lines(1500, 2000));
        Path compressed = Files.write(
                folder.resolve("b.ndjson.gz"),
                Compressed.join(Compressed.gzip(lines(2000, 2500)), Compressed.gzip(lines(2500, 3000))));

        assertThat(backfill("--json", plain.toString(), compressed.toString())).isEqualTo(1);

        assertThat(members()).isEqualTo(users(0, 3000));
        JsonNode json = new ObjectMapper().readTree(text(out));
        assertThat(json.path("complete").booleanValue()).isTrue();
        assertThat(json.path("delivered").asInt()).isEqualTo(3000);
        assertThat(json.path("rejected").asInt()).isEqualTo(1);
        assertThat(json.path("requests").asInt())
                .isEqualTo(launchDarkly.requests().size());
        assertThat(json.path("files").findValuesAsText("settledLines")).containsExactly("2001", "1000");
        assertThat(Files.readString(folder.resolve("dead-letter/d.ndjson")))
                .contains("\"source\":{\"file\":\"" + plain + "\",\"line\":1501}")
                .hasLineCount(1);
    }

    @Test
    void theStandardInputIsReadToItsEndAndWithoutATerminalNothingMovesTheCursor() {
        assertThat(backfill(lines(0, 100), "-")).isZero();

        assertThat(members()).isEqualTo(users(0, 100));
        assertThat(text(out)).startsWith("Settled: 100 events in ").contains(": 100 delivered, 0 skipped, 0 rejected;");
        assertThat(text(out) + text(err)).doesNotContain("\r", "\u001b");
    }

    @Test
    void whateverTheFolderTurnsOnABackfillOpensNoPortAndHasNoOtherSource() throws Exception {
        Catalogue.all().stream()
                .filter(property -> property.defaultValue().equals("off"))
                .filter(property -> property != Catalogue.TRACING) // sends, and waits for a collector
                .forEach(property -> properties.put(property.key(), "on"));
        properties.put(
                "audiences.inbound",
                Stream.of(Inbound.values()).map(Inbound::toString).collect(Collectors.joining(",")));
        properties.put("audiences.inbound.uri", "direct:anywhere");
        properties.put("audiences.store", "file");
        properties.put("audiences.store.file", folder.resolve("store.db").toString());
        try (ServerSocket bundle = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(bundle.getLocalPort());
            properties.put("audiences.inbound.http.port", port);
            properties.put("camel.management.port", port);
            properties.forEach(System::setProperty);

            int code = backfill(lines(0, 10), "-");

            assertThat(code)
                    .as("OwnPipeline.properties() must turn off what opens a port or reads elsewhere: " + text(err))
                    .isZero();
        }
        assertThat(members()).isEqualTo(users(0, 10));
    }

    @Test
    void whatLaunchDarklyDoesNotTakeForNowIsSentAgainThoughTheInputCannotBeReadAgain() {
        // Not tried again below the file.
        launchDarkly.answer(
                request -> LaunchDarklyStub.Answer.of(launchDarkly.requests().size() % 4 == 2 ? 401 : 204));
        properties.put("audiences.delivery.probe-interval-ms", "100");
        properties.put("audiences.inbound.file.delivery-timeout-ms", "2000");
        properties.forEach(System::setProperty);

        assertThat(backfill(lines(0, 5000), "-")).isZero();
        assertThat(members()).isEqualTo(users(0, 5000));
    }

    @Test
    void aFileThatBreaksOffIsDeliveredAsFarAsItCanBeRead() throws Exception {
        byte[] whole = Compressed.gzip(lines(0, 5000));
        Path broken = Files.write(folder.resolve("broken.gz"), Arrays.copyOf(whole, whole.length * 9 / 10));

        assertThat(backfill(broken.toString())).isEqualTo(1);

        int delivered = members().size();
        assertThat(delivered).isBetween(3000, 4999);
        assertThat(members()).isEqualTo(users(0, delivered));
        assertThat(text(err))
                .contains(broken + " cannot be read beyond line " + (delivered + 1)
                        + ": it ends before the end of the compressed data. Everything before that is settled.");
        assertThat(text(out)).startsWith("Not all settled: ");
        assertThat(folder.resolve("dead-letter")).doesNotExist();
    }

    @Test
    void aFileThatHasChangedIsNotGoneOnWithUnlessFromItsStart() throws Exception {
        Path file = write("load.ndjson", lines(0, 10));
        assertThat(backfill(file.toString())).isZero();
        launchDarkly.requests().clear();

        assertThat(backfill(file.toString())).isZero();
        assertThat(text(err)).contains(file + " is settled already. To send it again, add --from-start.");
        assertThat(launchDarkly.requests()).isEmpty();

        write("load.ndjson", lines(0, 20));
        assertThat(backfill(file.toString())).isEqualTo(2);
        assertThat(text(err))
                .contains(file + " cannot be continued from line 11: the file has changed since."
                        + " To send all of it, add --from-start.");
        assertThat(launchDarkly.requests()).isEmpty();

        assertThat(backfill("--from-start", file.toString())).isZero();
        assertThat(members()).isEqualTo(users(0, 20));
    }

    @Test
    void whatIsSettledElsewhereDoesNotCountForAnotherEnvironment() throws Exception {
        Path file = write("load.ndjson", lines(0, 10));
        assertThat(backfill("--state-folder", folder.toString(), file.toString()))
                .isZero();

        System.setProperty("audiences.destination.launchdarkly.client-side-id", "another");
        assertThat(backfill(file.toString())).isEqualTo(2);
        assertThat(text(err)).contains("its earlier events went to " + launchDarkly.url() + " test-client-id.");
    }

    @Test
    void filesThatCannotBeReadAreSaidBeforeAnythingIsSent() throws Exception {
        Path file = write("load.ndjson", lines(0, 10));

        assertThat(backfill(file.toString(), "missing.ndjson")).isEqualTo(2);
        assertThat(text(err)).isEqualTo("There is no file missing.ndjson.\n");
        assertThat(backfill(folder.toString())).isEqualTo(2);
        assertThat(text(err)).isEqualTo(folder + " is a folder. Name the files in it: " + folder + "/*.ndjson.\n");
        assertThat(backfill("--state-folder", "missing", file.toString())).isEqualTo(2);
        assertThat(text(err)).isEqualTo("There is no folder missing.\n");
        assertThat(backfill("--url", "localhost:8080", file.toString())).isEqualTo(2);
        assertThat(text(err)).startsWith("--url=localhost:8080 is not allowed; allowed is http://");
        assertThat(launchDarkly.requests()).isEmpty();
    }

    @Test
    void aRunningBundleIsSentWhatItTakesWithAProofAndInPartsThatItTakes() throws Exception {
        Path file = write("load.ndjson", lines(0, 100) + "junk\n" + lines(100, 200));
        properties.put("audiences.inbound.http.bearer-tokens", "a-token-of-some-length");
        properties.forEach(System::setProperty);
        try (RunningBundle bundle =
                RunningBundle.startAgainst(launchDarkly, "audiences.inbound.http.max-events", "60")) {
            String url = "http://127.0.0.1:" + bundle.port() + "/v1/events";

            assertThat(backfill("--url", url, "--json", file.toString())).isEqualTo(1);

            assertThat(members()).isEqualTo(users(0, 200));
            JsonNode json = new ObjectMapper().readTree(text(out));
            assertThat(json.path("delivered").asInt()).isEqualTo(200);
            assertThat(json.path("rejected").asInt()).isEqualTo(1);
            // 201 lines, then halves of them, then quarters.
            assertThat(json.path("requests").asInt()).isEqualTo(7);
            assertThat(text(out) + text(err)).doesNotContain("a-token-of-some-length");

            System.setProperty("audiences.inbound.http.bearer-tokens", "another-token-of-some-length");
            assertThat(backfill("--url", url, "--from-start", file.toString())).isEqualTo(2);
            assertThat(text(err)).contains(url + " does not accept the events: status 401.");
        }
    }

    @Test
    void aRunningBundleThatCannotDeliverForNowIsAskedAgain() throws Exception {
        Path file = write("load.ndjson", lines(0, 10));
        launchDarkly.destination().keySet().forEach(System::clearProperty);
        try (RunningBundle bundle = RunningBundle.start(
                "audiences.inbound.http.reply-timeout-ms", "200", "audiences.inbound.http.retry-after-seconds", "1")) {
            bundle.sandbox().add(Fault.status(503, 0));
            CompletableFuture<Integer> exitCode = CompletableFuture.supplyAsync(
                    () -> backfill("--url", "http://127.0.0.1:" + bundle.port() + "/v1/events", file.toString()));
            await().until(() -> bundle.failedEvents() >= 10);
            bundle.sandbox().clearFaults();

            assertThat(exitCode.join()).isZero();
            assertThat(bundle.included("aud_1")).hasSize(10);
        }
    }

    @Test
    void whatIsNoBundleIsSaidAtOnce() throws Exception {
        Path file = write("load.ndjson", lines(0, 10));
        String nobody = "http://127.0.0.1:" + FreePort.find() + "/v1/events";
        assertThat(backfill("--url", nobody, file.toString())).isEqualTo(2);
        assertThat(text(err)).contains(nobody + " cannot be reached: ");

        HttpServer other = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        AtomicInteger requests = new AtomicInteger();
        other.createContext("/", http -> {
            requests.incrementAndGet();
            http.sendResponseHeaders(200, -1);
            http.close();
        });
        other.start();
        try {
            String url = "http://127.0.0.1:" + other.getAddress().getPort() + "/";
            assertThat(backfill("--url", url, "--from-start", file.toString())).isEqualTo(2);
            assertThat(text(err)).contains(url + " does not answer like a bundle. Use the URL of its /v1/events.");
            assertThat(requests).hasValue(1);
        } finally {
            other.stop(0);
        }
    }

    private int backfill(String... arguments) {
        return run(InputStream.nullInputStream(), arguments);
    }

    private int backfill(String input, String file) {
        return input.startsWith("{")
                ? run(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), file)
                : run(InputStream.nullInputStream(), input, file);
    }

    private int run(InputStream in, String... arguments) {
        out.reset();
        err.reset();
        BackfillCommand command = new BackfillCommand(ShippedSettings::with, in, stream(out), stream(err));
        return new CommandLine(command).execute(arguments);
    }

    private Path write(String name, String content) throws Exception {
        return Files.writeString(folder.resolve(name), content);
    }

    private static String lines(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> entered("u" + i) + "\n").collect(Collectors.joining());
    }

    private static List<String> users(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "u" + i).sorted().toList();
    }

    private List<String> members() {
        return Stream.of(launchDarkly.requests())
                .flatMap(List::stream)
                .filter(request -> request.json().path("batch").size() > 0)
                .flatMap(request -> request.members().stream())
                .distinct()
                .sorted()
                .toList();
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
