package io.github.ldaudiences.command.replay;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.command.client.Terminal;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command that sends dead letters of files to a running bundle. */
@Tag("command")
class ReplayCommandTest {

    private static final LaunchDarklyStub LAUNCHDARKLY = new LaunchDarklyStub();
    private static RunningBundle bundle;
    private static int people;

    @TempDir
    private static Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<String> questions = new ArrayList<>();
    private String answer; // null without a terminal

    @BeforeAll
    static void start() {
        bundle = RunningBundle.startAgainst(
                LAUNCHDARKLY,
                "audiences.dead-letter.uri",
                "file:" + folder,
                "audiences.replay",
                "on",
                "audiences.inbound.http.max-events",
                "3");
    }

    @AfterAll
    static void stop() {
        bundle.close();
        LAUNCHDARKLY.close();
    }

    @BeforeEach
    void empty() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        LAUNCHDARKLY.requests().clear();
    }

    @Test
    void withoutATerminalItSaysWhatItWouldSendAndSendsNothing() {
        refused("u1");
        unusable("u2");
        assertThat(run(folder.toString())).isZero();
        assertThat(text(out))
                .containsPattern("1 +sync-engage-audience +launchdarkly_refused")
                .containsPattern("1 +sync-engage-audience +membership_not_boolean")
                .contains("2  in 1 files", "Nothing was sent", "--yes");
        assertThat(LAUNCHDARKLY.requests()).isEmpty();
    }

    @Test
    void itAsksOnATerminal() {
        refused("u1");
        answer = "n";
        assertThat(run(folder.toString())).isEqualTo(1);
        assertThat(questions)
                .singleElement()
                .asString()
                .contains("Send 1 letters to http://127.0.0.1:" + bundle.port());
        assertThat(LAUNCHDARKLY.requests()).isEmpty();
        answer = "y";
        assertThat(run(folder.toString())).isZero();
        assertThat(LAUNCHDARKLY.requests()).hasSize(1);
        assertThat(run("--dry-run", folder.toString())).isZero();
        assertThat(questions).as("a dry run does not ask").hasSize(2);
    }

    @Test
    void selectedLettersAreSentInSeveralRequestsIfTheyAreMany() {
        List<String> people = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            people.add(refused("u"));
        }
        unusable("other");
        assertThat(run("--yes", "--code", "launchdarkly_refused", folder.toString()))
                .as(text(err))
                .isZero();
        assertThat(text(out)).contains("8 of 8 letters sent: 8 delivered, 0 skipped, 0 rejected again.");
        assertThat(LAUNCHDARKLY.requests().stream().flatMap(request -> request.members().stream()))
                .containsExactlyElementsOf(people);
    }

    @Test
    void whatIsRejectedAgainIsNotSentOnceMoreFromTheFileThatItIsAppendedTo() {
        unusable("u1");
        unusable("u2");
        assertThat(run("--yes", folder.toString())).isEqualTo(1);
        assertThat(text(out))
                .contains("2 of 2 letters sent: 0 delivered, 0 skipped, 2 rejected again:"
                        + " membership_not_boolean=2.");
    }

    @Test
    void linesThatAreNoLettersArePassedOverAndSaidToBe() throws IOException {
        refused("u1");
        Path file = file();
        Files.writeString(file, "no json\n" + Files.readString(file) + Files.readString(file) + "{\"half\":");
        assertThat(run("--yes", file.toString())).isZero();
        assertThat(text(out)).as("a line that is there twice is sent once").contains("1 of 1 letters sent");
        assertThat(run("--dry-run", file.toString())).isZero();
        assertThat(text(out)).contains("2 lines are not dead letters");
    }

    @Test
    void whatCannotBeUsedEndsWith2() {
        refused("u1");
        assertThat(run("--yes", folder.resolve("none.ndjson").toString())).isEqualTo(2);
        assertThat(text(err)).contains("none.ndjson cannot be read");
        assertThat(run("--from", "yesterday", folder.toString())).isEqualTo(2);
        assertThat(text(err)).contains("2026-06-01");
        assertThat(run("--yes", "--url", "http://127.0.0.1:1", folder.toString()))
                .isEqualTo(2);
        assertThat(text(err)).contains("http://127.0.0.1:1 cannot be asked");
        assertThat(run("--yes", "--url", "http://127.0.0.1:" + bundle.port() + "/elsewhere", folder.toString()))
                .isEqualTo(2);
        assertThat(text(err)).contains("status 404");
        assertThat(run("--yes", "--mapping", "none", folder.toString())).isEqualTo(1);
        assertThat(text(err)).contains("Nothing was found");
    }

    @Test
    void itWaitsAsLongAsTheBundleAsksAndSendsTheSameAgain() throws Exception {
        refused("u1");
        List<String> bodies = new ArrayList<>();
        com.sun.net.httpserver.HttpServer busy =
                com.sun.net.httpserver.HttpServer.create(new java.net.InetSocketAddress("127.0.0.1", 0), 0);
        busy.createContext("/v1/dead-letters/replay", http -> {
            bodies.add(new String(http.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] body = (bodies.size() == 1
                            ? "{\"code\":\"overloaded\",\"error\":\"Busy.\"}"
                            : "{\"received\":1,\"delivered\":1,\"skipped\":0,\"rejected\":0,\"rejections\":[]}")
                    .getBytes(StandardCharsets.UTF_8);
            http.getResponseHeaders().set("Retry-After", "1");
            http.sendResponseHeaders(bodies.size() == 1 ? 503 : 200, body.length);
            http.getResponseBody().write(body);
            http.close();
        });
        busy.start();
        try {
            String url = "http://127.0.0.1:" + busy.getAddress().getPort();
            assertThat(run("--yes", "--url", url, folder.toString())).isZero();
            assertThat(text(out)).contains("The bundle asks to wait 1 seconds: Busy.", "1 delivered");
            assertThat(bodies).hasSize(2);
            assertThat(bodies.get(1)).isEqualTo(bodies.get(0));
        } finally {
            busy.stop(0);
        }
    }

    private int run(String... arguments) {
        out.reset();
        err.reset();
        Terminal terminal = new Terminal() {
            @Override
            public boolean isThere() {
                return answer != null;
            }

            @Override
            public String ask(String question) {
                questions.add(question);
                return answer;
            }
        };
        return new CommandLine(new ReplayCommand(
                        bundle::settings, terminal, new PrintStream(out, true), new PrintStream(err, true)))
                .execute(arguments);
    }

    /** Each is another person's: of one whose state is delivered, the same event again needs no request. */
    private static String refused(String name) {
        String userId = name + "-" + people++;
        LAUNCHDARKLY.answer(request -> Answer.of(400));
        assertThat(bundle.post(entered(userId).toString()).count("rejected")).isEqualTo(1);
        LAUNCHDARKLY.answer(request -> Answer.of(204));
        LAUNCHDARKLY.requests().clear();
        return userId;
    }

    private static void unusable(String userId) {
        AudienceEvent event = entered(userId);
        event.json().withObject("/traits").put("vip_customers", "perhaps");
        assertThat(bundle.post(event.toString()).count("rejected")).isEqualTo(1);
    }

    private static Path file() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList().get(0);
        }
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
