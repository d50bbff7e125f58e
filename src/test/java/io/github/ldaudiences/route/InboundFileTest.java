package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static io.github.ldaudiences.fixture.AudienceEvent.left;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Latches;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.MalformedText;
import io.github.ldaudiences.fixture.MalformedText.Document;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.sandbox.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of newline-delimited JSON: what becomes of their lines, and when a file may leave the folder. */
@Tag("endpoint")
class InboundFileTest {

    @TempDir
    private Path inbox;

    @BeforeAll
    static void allowForABusyMachine() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    @Test
    void aFileIsDoneWhenItsGoodLinesAreDeliveredAndItsBadOnesDeadLettered() {
        List<String> lines = new ArrayList<>();
        for (int i = 1; i <= 3500; i++) {
            lines.add(i % 500 == 0 ? "junk " + i : entered("u" + i).toString());
        }
        lines.set(9, AudienceEvent.array(entered("first-of-two"), entered("second-of-two")));
        lines.set(10, "");
        lines.set(11, "{\"type\":\"page\"}");
        lines.set(12, AudienceEvent.identify("aud_1", "vip_customers", true).toString());
        put("backfill.ndjson", lines);
        try (RunningBundle bundle = start()) {
            await().until(() -> isDone("backfill.ndjson"));

            assertThat(bundle.included("aud_1"))
                    .hasSize(3500 - 7 - 4 + 2)
                    .contains("u1", "first-of-two", "second-of-two", "u3499");
            assertThat(bundle.deadLetters().stream().map(letter -> letter.path("source")))
                    .allSatisfy(
                            source -> assertThat(source.path("file").asText()).isEqualTo("backfill.ndjson"))
                    .extracting(source -> source.path("line").asInt())
                    .containsExactlyInAnyOrder(13, 500, 1000, 1500, 2000, 2500, 3000, 3500);
            assertThat(bundle.deadLetters().stream()
                            .filter(letter -> letter.at("/source/line").asInt() == 2500))
                    .singleElement()
                    .satisfies(letter -> {
                        assertThat(letter.path("text").asText()).isEqualTo("junk 2500");
                        assertThat(letter.path("reason").asText()).startsWith("The line is not valid JSON");
                    });
        }
    }

    @Test
    void malformedTextIsRejectedWhereverItStandsAndItsNeighboursAreDelivered() {
        List<Document> documents = MalformedText.documents();
        put(
                "malformed.ndjson",
                documents.stream()
                        .map(document -> new String(document.bytes(), StandardCharsets.ISO_8859_1))
                        .toList(),
                StandardCharsets.ISO_8859_1);
        try (RunningBundle bundle = start()) {
            await().until(() -> isDone("malformed.ndjson"));

            MalformedText.assertSettled(bundle, documents);
        }
    }

    @Test
    void batchesAreFilledAcrossChunksAndTheLastIsNotKeptWaiting() {
        // Two audiences in turn, so that a chunk of 1,000 lines fills no batch.
        put(
                "backfill.jsonl",
                IntStream.range(0, 5000)
                        .mapToObj(i -> AudienceEvent.identify("aud_" + i % 2, "vip", true)
                                .user("u" + i)
                                .toString())
                        .toList());
        try (LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
                RunningBundle bundle = startAgainst(
                        launchDarkly,
                        // Nobody would wait for that.
                        "audiences.batch.max-wait-ms",
                        "600000",
                        "audiences.inbound.file.delivery-timeout-ms",
                        "700000")) {
            await().until(() -> isDone("backfill.jsonl"));

            assertThat(bundle.deadLetters()).isEmpty();
            assertThat(launchDarkly.requests().stream()
                            .map(request -> request.members().size()))
                    .containsExactlyInAnyOrder(1000, 1000, 500, 1000, 1000, 500);
        }
    }

    @Test
    void aFileInWhichNothingIsAnEventFailsAndTheNextIsNotHeldUp() {
        put("a.ndjson", IntStream.range(0, 1500).mapToObj(i -> "junk").toList());
        put("b.ndjson", List.of(entered("u1").toString()));
        put("c.ndjson", List.of());
        put("d.txt", List.of(entered("u2").toString()));
        try (RunningBundle bundle = start()) {
            await().until(() -> isDone("b.ndjson") && isDone("c.ndjson"));

            assertThat(inbox.resolve(".failed/a.ndjson")).exists();
            assertThat(inbox.resolve("d.txt")).exists();
            assertThat(bundle.deadLetters()).hasSize(1500);
            assertThat(bundle.included("aud_1")).containsExactly("u1");
        }
    }

    @Test
    void aFileStaysUntilLaunchDarklyHasAllOfIt() {
        put(
                "backfill.ndjson",
                IntStream.range(0, 4000)
                        .mapToObj(i -> entered("u" + i).toString())
                        .toList());
        try (RunningBundle bundle = start("audiences.delivery.max-retry-delay-ms", "50")) {
            bundle.sandbox().add(Fault.status(503, 0));
            await().until(() -> requests(bundle) > 10);
            assertThat(inbox.resolve("backfill.ndjson")).exists();

            bundle.sandbox().clearFaults();
            await().until(() -> isDone("backfill.ndjson"));
            assertThat(bundle.included("aud_1")).hasSize(4000);
            assertThat(bundle.deadLetters()).isEmpty();
        }
    }

    @Test
    void linesThatCouldNotBeDeliveredAreSentAgainInOrderWithAllThatFollow() {
        // With one time for all, the order of arrival decides.
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            lines.add((i % 2 == 0 ? entered("flips") : left("flips")).toString());
            lines.add(entered("u" + i).toString());
        }
        put("backfill.ndjson", lines);
        try (LaunchDarklyStub launchDarkly = new LaunchDarklyStub()) {
            List<String> states = new ArrayList<>();
            launchDarkly.answer(request -> {
                int count = launchDarkly.requests().size();
                if (count > 12 && count < 16) {
                    return Answer.of(401); // which is not tried again below the file
                }
                request.json().path("batch").forEach(member -> {
                    if (member.path("userId").asText().equals("flips")) {
                        states.add(member.path("value").asText());
                    }
                });
                return Answer.of(204);
            });
            try (RunningBundle bundle = startAgainst(
                    launchDarkly,
                    "audiences.batch.max-wait-ms",
                    "1000",
                    "audiences.delivery.probe-interval-ms",
                    "50")) {
                await().until(() -> isDone("backfill.ndjson"));
                assertThat(bundle.deadLetters()).isEmpty();
            }
            assertThat(states.get(states.size() - 1)).isEqualTo("false");
            assertThat(members(launchDarkly)).hasSize(20_001);
            // Some were sent twice, but not what had been settled.
            assertThat(timesSent(launchDarkly, "u0")).isEqualTo(1);
            String refused = launchDarkly.requests().get(12).members().get(1);
            assertThat(timesSent(launchDarkly, refused)).isGreaterThan(1);
        }
    }

    @Test
    void aBadLineThatIsReadAgainBecauseOfAnEarlierOneIsDeadLetteredOnce() {
        // Three chunks, with an audience and a bad line in each.
        List<String> lines = new ArrayList<>();
        for (int i = 1; i <= 3000; i++) {
            lines.add(
                    i % 1000 == 500
                            ? "junk"
                            : AudienceEvent.identify("aud_" + (i - 1) / 1000, "vip", true)
                                    .user("u" + i)
                                    .toString());
        }
        put("backfill.ndjson", lines);
        try (RunningBundle bundle = start(
                "audiences.delivery.retry-delay-ms", "10",
                "audiences.delivery.max-retry-delay-ms", "100",
                "audiences.inbound.file.delivery-timeout-ms", "3000")) {
            bundle.sandbox().add(Fault.status(503, 0).forCohort("aud_0"));
            // The reading has given up once.
            await().until(() -> bundle.failedEvents() >= 3000);
            assertThat(bundle.included("aud_2")).hasSize(999);
            assertThat(bundle.deadLetters()).isEmpty();
            bundle.sandbox().clearFaults();

            await().until(() -> isDone("backfill.ndjson"));
            assertThat(bundle.deadLetters())
                    .extracting(letter -> letter.at("/source/line").asInt())
                    .containsExactly(500, 1500, 2500);
            assertThat(bundle.rejectedEvents()).isEqualTo(3);
        }
    }

    @Test
    void linesThatTakeTooLongAreSentAgainAndTheBacklogIsGivenBack() {
        put(
                "backfill.ndjson",
                IntStream.range(0, 3000)
                        .mapToObj(i -> entered("u" + i).toString())
                        .toList());
        try (RunningBundle bundle = start(
                "audiences.delivery.retry-delay-ms", "10",
                "audiences.inbound.file.delivery-timeout-ms", "200")) {
            bundle.sandbox().add(Fault.status(503, 0));
            // The reading has given up at least once.
            await().until(() -> bundle.failedEvents() > 3000);
            bundle.sandbox().clearFaults();

            await().until(() -> isDone("backfill.ndjson"));
            assertThat(bundle.included("aud_1")).hasSize(3000);
            await().until(() -> bundle.backlogEvents() == 0);
        }
    }

    @Test
    void noMoreIsReadWhileTheBacklogIsFull() {
        put(
                "backfill.ndjson",
                IntStream.range(0, 10_000)
                        .mapToObj(i -> entered("u" + i).toString())
                        .toList());
        CountDownLatch release = new CountDownLatch(1);
        try (LaunchDarklyStub launchDarkly = new LaunchDarklyStub()) {
            launchDarkly.answer(request -> {
                Latches.await(release);
                return Answer.of(204);
            });
            try (RunningBundle bundle = startAgainst(launchDarkly, "audiences.backlog.max-events", "2500")) {
                await().until(() -> bundle.backlogEvents() >= 2500);
                await().during(Duration.ofMillis(300)).until(() -> bundle.backlogEvents() == 3000);
                release.countDown();
                await().until(() -> isDone("backfill.ndjson"));
            }
            assertThat(members(launchDarkly)).hasSize(10_000);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {40_000, 10})
    void aFileThatAStopInterruptsStaysAndIsReadFromItsBeginning(int count) {
        put(
                "backfill.ndjson",
                IntStream.range(0, count)
                        .mapToObj(i -> entered("u" + i).toString())
                        .toList());
        try (LaunchDarklyStub launchDarkly = new LaunchDarklyStub()) {
            int before = count / 1000 / 2;
            launchDarkly.answer(request -> Answer.of(launchDarkly.requests().size() <= before ? 204 : 503));
            try (RunningBundle bundle = startAgainst(launchDarkly, "audiences.delivery.max-retry-delay-ms", "100")) {
                await().until(() -> launchDarkly.requests().size() > before);
                bundle.stop();
            }
            assertThat(inbox.resolve("backfill.ndjson")).exists();
            assertThat(inbox.resolve(".failed")).doesNotExist();
            assertThat(inbox.resolve(".done")).doesNotExist();

            launchDarkly.requests().clear();
            launchDarkly.answer(request -> Answer.of(204));
            try (RunningBundle again = startAgainst(launchDarkly)) {
                await().until(() -> isDone("backfill.ndjson"));
                assertThat(again.deadLetters()).isEmpty();
            }
            assertThat(members(launchDarkly)).hasSize(count);
        }
    }

    @Test
    void aFileThatAKilledProcessHadLockedIsReadAgain() throws IOException {
        put("backfill.ndjson", List.of(entered("u1").toString()));
        Files.createFile(inbox.resolve("backfill.ndjson.camelLock"));
        try (RunningBundle bundle = start()) {
            await().until(() -> isDone("backfill.ndjson"));
            assertThat(bundle.included("aud_1")).containsExactly("u1");
        }
    }

    @Test
    void ofALineThatIsTooLongTheBeginningIsDeadLettered() {
        put(
                "backfill.ndjson",
                List.of(
                        entered("u1").toString(),
                        "{\"junk\":\"" + "x".repeat(3_000_000) + "\"}",
                        entered("u2").toString()));
        try (RunningBundle bundle = start("audiences.inbound.file.max-line-bytes", "1000000")) {
            await().until(() -> isDone("backfill.ndjson"));

            assertThat(bundle.included("aud_1")).containsExactly("u1", "u2");
            assertThat(bundle.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.path("reason").asText())
                        .isEqualTo(
                                "The line has 3000011 bytes; 1000000 are allowed. Only its first 1000 are kept here.");
                assertThat(letter.path("source").toString()).isEqualTo("{\"file\":\"backfill.ndjson\",\"line\":2}");
                assertThat(letter.path("text").asText())
                        .startsWith("{\"junk\":\"xxx")
                        .hasSize(1000);
            });
        }
    }

    @Test
    void aFileStaysWhileTheDeadLetterCannotBeWritten() throws IOException {
        put("backfill.ndjson", List.of(entered("u1").toString(), "junk"));
        Path occupied = Files.writeString(inbox.resolve("occupied"), "");
        try (RunningBundle bundle = start(
                "audiences.dead-letter.uri",
                "file:" + occupied + "?fileName=d.ndjson",
                "audiences.delivery.retry-delay-ms",
                "10")) {
            await().until(() -> bundle.failedEvents() > 0);
            assertThat(inbox.resolve("backfill.ndjson")).exists();

            Files.delete(occupied);
            await().until(() -> isDone("backfill.ndjson"));
            assertThat(occupied.resolve("d.ndjson")).exists();
        }
    }

    @Test
    void anEndpointThatMovesFailedFilesIsRefused() {
        assertThatThrownBy(() -> start("audiences.inbound.file.uri", "file:inbox?moveFailed=.failed")
                        .close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("which would move away a file that is interrupted by a stop");
    }

    @Test
    void withoutTheHttpInboundNothingListensAndItsSettingsAreNotChecked() {
        try (RunningBundle bundle =
                start("audiences.inbound.http.host", "0.0.0.0", "audiences.inbound.http.reply-timeout-ms", "100")) {
            assertThatThrownBy(() -> new Socket("127.0.0.1", bundle.port()).close())
                    .isInstanceOf(ConnectException.class);
        }
    }

    private RunningBundle start(String... properties) {
        return RunningBundle.start(withInbox(properties));
    }

    private RunningBundle startAgainst(LaunchDarklyStub launchDarkly, String... properties) {
        return RunningBundle.startAgainst(launchDarkly, withInbox(properties));
    }

    private String[] withInbox(String... properties) {
        return Stream.concat(
                        Stream.of("audiences.inbound", "file", "audiences.inbound.file.directory", inbox.toString()),
                        Stream.of(properties))
                .toArray(String[]::new);
    }

    /** Puts a file there that nobody has touched for a while. */
    private void put(String name, List<String> lines) {
        put(name, lines, StandardCharsets.UTF_8);
    }

    private void put(String name, List<String> lines, Charset charset) {
        try {
            Path file = Files.createTempFile(inbox, "", ".being-written");
            Files.write(file, lines, charset);
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
            Files.move(file, inbox.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isDone(String name) {
        return Files.exists(inbox.resolve(".done").resolve(name)) && Files.notExists(inbox.resolve(name));
    }

    private static int requests(RunningBundle bundle) {
        return bundle.sandbox().stats().path("requests").asInt();
    }

    private static Set<String> members(LaunchDarklyStub launchDarkly) {
        return launchDarkly.requests().stream()
                .flatMap(request -> request.members().stream())
                .collect(Collectors.toSet());
    }

    private static long timesSent(LaunchDarklyStub launchDarkly, String user) {
        return launchDarkly.requests().stream()
                .filter(request -> request.members().contains(user))
                .count();
    }
}
