package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a dead letter says, and that it can be relied upon. */
@Tag("deadletter")
class DeadLetterTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();

    @TempDir
    private Path temporary;

    @AfterEach
    void closeLaunchDarkly() {
        launchDarkly.close();
    }

    @Test
    void aRefusedMemberIsWrittenWithLaunchDarklysAnswerAndItsAttempts() {
        AtomicInteger alone = new AtomicInteger();
        launchDarkly.answer(request -> {
            if (!request.members().contains("bad")) {
                return Answer.of(204);
            }
            if (request.members().size() == 1 && alone.getAndIncrement() == 0) {
                return Answer.of(503);
            }
            return new Answer(
                    400,
                    "{\"code\":\"invalid_request\",\"message\":\"bad member\",\"id\":\"support-42\"}",
                    "Content-Type",
                    "application/json");
        });
        Instant before = Instant.now().minusMillis(1);
        try (RunningBundle bundle =
                RunningBundle.startAgainst(launchDarkly, "audiences.delivery.retry-delay-ms", "20")) {
            assertThat(bundle.post(array(entered("u1"), entered("bad"))).count("rejected"))
                    .isEqualTo(1);
            JsonNode letter = bundle.deadLetters().get(0);

            assertThat(letter.path("answer").toString())
                    .isEqualTo("{\"status\":400,\"message\":\"bad member\",\"id\":\"support-42\"}");
            assertThat(letter.path("attempts").asInt())
                    .as("with the other, alone, and again")
                    .isEqualTo(3);
            Instant arrived = Instant.parse(letter.path("arrived").asText());
            Instant first = Instant.parse(letter.path("firstAttempt").asText());
            Instant last = Instant.parse(letter.path("lastAttempt").asText());
            Instant written = Instant.parse(letter.path("time").asText());
            assertThat(List.of(before, arrived, first, last, written, Instant.now()))
                    .isSorted();
            assertThat(last).isAfter(first);
            assertThat(letter.at("/event/userId").asText()).isEqualTo("bad");
        }
    }

    @Test
    void anEventThatNoMappingCanUseHasNoAnswerAndNoAttempts() {
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            bundle.post(array(entered("u1"), AudienceEvent.identify("aud_1", "vip", true), "17"));
            assertThat(bundle.deadLetters()).hasSize(2).allSatisfy(letter -> {
                assertThat(letter.path("attempts").asInt(-1)).isZero();
                assertThat(letter.get("firstAttempt").isNull()).isTrue();
                assertThat(letter.get("lastAttempt").isNull()).isTrue();
                assertThat(letter.get("answer").isNull()).isTrue();
            });
        }
    }

    @Test
    void idsDifferAndSortByTime() throws InterruptedException {
        try (RunningBundle bundle = RunningBundle.startAgainst(launchDarkly)) {
            Object[] useless = useless(50);
            bundle.post(array(useless));
            Thread.sleep(2); // the resolution of their time
            bundle.post(array(useless));
            List<String> ids = bundle.deadLetters().stream()
                    .map(letter -> letter.path("id").asText())
                    .toList();
            assertThat(ids).hasSize(100).doesNotHaveDuplicates();
            assertThat(ids.subList(0, 50)).allSatisfy(id -> assertThat(id).isLessThan(ids.get(50)));
        }
    }

    @Test
    void aFolderGetsFilesThatRotate() throws IOException {
        try (RunningBundle bundle = startInFolder("audiences.dead-letter.max-file-bytes", "2000")) {
            for (int i = 0; i < 10; i++) {
                bundle.post(array(useless(1)));
            }
        }
        List<Path> files = files();
        assertThat(files)
                .hasSizeGreaterThan(2)
                .allSatisfy(
                        file -> assertThat(file.getFileName().toString()).matches("dead-letter-\\d{8}-00\\d\\.ndjson"))
                .allSatisfy(file -> assertThat(file)
                        .satisfies(one -> assertThat(Files.size(one)).isLessThanOrEqualTo(2000)));
        assertThat(letters()).hasSize(10);
    }

    @Test
    void halfALineOfAKilledProcessSpoilsNoOtherWhereverItIs() throws IOException {
        try (RunningBundle bundle = startInFolder()) {
            bundle.post(array(useless(1)));
        }
        Files.writeString(files().get(0), "{\"id\":\"half", StandardOpenOption.APPEND);
        try (RunningBundle bundle = startInFolder()) {
            bundle.post(array(useless(1)));
            // As a write does that failed half-way, while the process lives on.
            Files.writeString(files().get(0), "{\"id\":\"another half", StandardOpenOption.APPEND);
            bundle.post(array(useless(1)));
        }
        assertThat(Files.readAllLines(files().get(0)))
                .hasSize(5)
                .satisfies(lines -> assertThat(lines.get(1)).isEqualTo("{\"id\":\"half"))
                .satisfies(lines -> assertThat(lines.get(3)).isEqualTo("{\"id\":\"another half"));
        assertThat(letters()).hasSize(3);
    }

    @Test
    void halfALineIsEndedInAFileWithANameOfItsOwn() throws IOException {
        Path file = Files.writeString(temporary.resolve("mine.txt"), "{\"id\":\"half");
        try (RunningBundle bundle = start("file:" + temporary + "?fileName=mine.txt")) {
            bundle.post(array(useless(1)));
        }
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2);
        assertThat(JSON.readTree(lines.get(1)).path("reason").asText()).contains("context_key");
    }

    @Test
    void aFileThatIsTooOldIsDeletedAndTodaysIsNot() throws IOException {
        Files.createDirectories(folder());
        Path old = Files.writeString(folder().resolve("dead-letter-20200101-001.ndjson"), "{}\n");
        try (RunningBundle bundle = startInFolder("audiences.dead-letter.max-age-days", "1")) {
            bundle.post(array(useless(1)));
            await().until(() -> Files.notExists(old));
            assertThat(letters()).hasSize(1);
        }
    }

    @Test
    void anAgeIsRefusedWithoutAFolder() {
        assertThatThrownBy(() -> start("log:dead", "audiences.dead-letter.max-age-days", "1")
                        .close())
                .hasStackTraceContaining("audiences.dead-letter.max-age-days=1 is not allowed; allowed is 0 with"
                        + " audiences.dead-letter.uri");
    }

    @Test
    void aFullFolderKeepsEventsWithTheirSourceUntilThereIsRoom() throws IOException {
        try (RunningBundle bundle = startInFolder("audiences.dead-letter.max-bytes", "2300")) {
            Reply reply = bundle.post(array(useless(1)));
            assertThat(reply.status()).isEqualTo(200);
            assertThat(bundle.problem("dead-letter-store")).isNull();
            assertThat(bundle.deadLetterBytes())
                    .isEqualTo(Files.size(files().get(0)))
                    .isPositive();

            reply = bundle.post(array(entered("good"), useless(3)[0], useless(3)[1], useless(3)[2]));
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.error()).contains("dead letter could not be written");
            assertThat(bundle.problem("dead-letter-store"))
                    .contains("is full", "audiences.dead-letter.max-bytes=2300", "Move away files");
            assertThat(bundle.post(array(entered("good"))).status())
                    .as("good events need no dead letter")
                    .isEqualTo(200);
            assertThat(letters()).as("nothing was lost, and nothing added").hasSize(1);

            Files.move(files().get(0), temporary.resolve("done.ndjson"));
            assertThat(bundle.problem("dead-letter-store")).isNull();
            assertThat(bundle.post(array(useless(3))).status()).isEqualTo(200);
            assertThat(letters()).hasSize(3);
        }
    }

    @Test
    void aFolderThatCannotBeWrittenToKeepsEventsWithTheirSourceUntilItCan() throws IOException {
        Path inTheWay = Files.writeString(folder(), "a file, and no folder");
        try (RunningBundle bundle = startInFolder()) {
            assertThat(bundle.problem("dead-letter-store")).isNull();
            assertThat(bundle.post(array(useless(1))).status()).isEqualTo(503);
            assertThat(bundle.problem("dead-letter-store"))
                    .contains("cannot be written", folder().toString(), "audiences.dead-letter.uri");

            Files.delete(inTheWay);
            assertThat(bundle.post(array(useless(1))).status()).isEqualTo(200);
            assertThat(bundle.problem("dead-letter-store")).isNull();
            assertThat(letters()).hasSize(1);
        }
    }

    @Test
    void aFullDiskKeepsEventsWithTheirSource() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full));
        Path file = Files.createSymbolicLink(temporary.resolve("mine.ndjson"), full);
        try (RunningBundle bundle = start("file:" + temporary + "?fileName=mine.ndjson")) {
            assertThat(bundle.post(array(useless(1))).status()).isEqualTo(503);
            assertThat(bundle.problem("dead-letter-store")).contains("No space left on device");

            Files.delete(file);
            assertThat(bundle.post(array(useless(1))).status()).isEqualTo(200);
            assertThat(bundle.problem("dead-letter-store")).isNull();
            assertThat(Files.readAllLines(file)).hasSize(1);
        }
    }

    @Test
    void anEndpointThatDoesNotTakeThemIsSaidToo() {
        try (RunningBundle bundle = start("seda:dead-letters?size=1&blockWhenFull=false")) {
            assertThat(bundle.post(array(useless(1))).status()).isEqualTo(200);
            assertThat(bundle.post(array(useless(1))).status()).isEqualTo(503);
            assertThat(bundle.problem("dead-letter-store")).contains("Queue full");
        }
    }

    @Test
    void manyCallersAtOnceEachGetTheirLinesWhole() throws IOException {
        try (RunningBundle bundle = startInFolder("audiences.dead-letter.max-file-bytes", "100000")) {
            List<CompletableFuture<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                replies.add(bundle.postAsync(array(useless(100))));
            }
            assertThat(replies).allSatisfy(reply -> assertThat(reply.join().count("rejected"))
                    .isEqualTo(100));
        }
        assertThat(letters().stream().map(letter -> letter.path("id").asText()))
                .hasSize(4000)
                .doesNotHaveDuplicates();
        assertThat(files()).hasSizeGreaterThan(10);
    }

    private RunningBundle startInFolder(String... properties) {
        return start("file:" + folder(), properties);
    }

    private RunningBundle start(String deadLetterUri, String... properties) {
        Stream<String> own = Stream.of(
                "audiences.dead-letter.uri",
                deadLetterUri,
                // However slow the machine is, an answer is one about the dead letter.
                "audiences.inbound.http.reply-timeout-ms",
                "60000");
        return RunningBundle.startAgainst(
                launchDarkly, Stream.concat(own, Stream.of(properties)).toArray(String[]::new));
    }

    private Path folder() {
        return temporary.resolve("letters");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            return files.sorted().toList();
        }
    }

    /** The lines that are whole. */
    private List<JsonNode> letters() throws IOException {
        List<JsonNode> letters = new ArrayList<>();
        for (Path file : files()) {
            for (String line : Files.readAllLines(file)) {
                if (line.endsWith("}")) {
                    letters.add(JSON.readTree(line));
                }
            }
        }
        return letters;
    }

    /** Events of nobody, with letters of two bytes in them. */
    private static Object[] useless(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> AudienceEvent.identify("aud_1", "größe", true))
                .toArray();
    }
}
