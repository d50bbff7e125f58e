package io.github.ldaudiences.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which file dead letters go to, and that each begins a line of its own. */
@Tag("deadletter")
class DeadLetterFilesTest {

    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

    @TempDir
    private Path folder;

    @Test
    void aFolderThatIsNotThereYetBeginsWithTheFirstFileOfTheDay() throws Exception {
        DeadLetterFiles files = files(100, 0, NOON);

        assertThat(files.next(folder.resolve("not-there"), 10)).isEqualTo("dead-letter-20260601-001.ndjson");
        assertThat(files.full(folder.resolve("not-there"))).isNull();
    }

    @Test
    void aFileIsAppendedToUntilTheNextLineWouldExceedItsLimit() throws Exception {
        DeadLetterFiles files = files(100, 0, NOON);

        assertThat(write(files, 60)).isEqualTo("dead-letter-20260601-001.ndjson");
        assertThat(write(files, 40)).isEqualTo("dead-letter-20260601-001.ndjson");
        assertThat(write(files, 1)).isEqualTo("dead-letter-20260601-002.ndjson");
        assertThat(write(files, 500)).as("larger than a file").isEqualTo("dead-letter-20260601-003.ndjson");
        assertThat(write(files, 1)).isEqualTo("dead-letter-20260601-004.ndjson");
    }

    @Test
    void anotherProcessGoesOnWithTheLastFileOfTheDay() throws Exception {
        DeadLetterFiles before = files(100, 0, NOON);
        write(before, 60);
        write(before, 60);
        Files.writeString(folder.resolve("dead-letter-20260531-007.ndjson"), "yesterday\n");
        Files.writeString(folder.resolve("dead-letter-20260601-1.ndjson"), "not ours\n");

        assertThat(write(files(100, 0, NOON), 40)).isEqualTo("dead-letter-20260601-002.ndjson");
    }

    @Test
    void eachDayBeginsAFileOfItsOwn() throws Exception {
        TestClock clock = new TestClock(NOON);
        DeadLetterFiles files = new DeadLetterFiles(100, 0, clock);
        write(files, 60);
        write(files, 60);

        clock.now = NOON.plus(Duration.ofDays(1));

        assertThat(write(files, 10)).isEqualTo("dead-letter-20260602-001.ndjson");
    }

    @Test
    void halfALineThatAKilledProcessLeftIsEndedInWhicheverFileItIs() throws Exception {
        Path yesterday = Files.writeString(folder.resolve("dead-letter-20260531-001.ndjson"), "{\"a\":1}\n{\"b");
        Path today = Files.writeString(folder.resolve("dead-letter-20260601-001.ndjson"), "{\"c\":");
        Path foreign = Files.writeString(folder.resolve("notes.txt"), "no line break");

        files(100, 0, NOON).next(folder, 10);

        assertThat(yesterday).hasContent("{\"a\":1}\n{\"b\n");
        assertThat(Files.readString(today)).isEqualTo("{\"c\":\n");
        assertThat(foreign).hasContent("no line break");
    }

    @Test
    void halfALineThatAFailedWriteLeftIsEndedAlsoWhenTheNextFileIsBegun() throws Exception {
        DeadLetterFiles files = files(100, 0, NOON);
        Path first = folder.resolve(write(files, 60));
        Files.writeString(first, "{\"half", StandardOpenOption.APPEND);

        assertThat(files.next(folder, 40)).isEqualTo("dead-letter-20260601-002.ndjson");

        assertThat(Files.readString(first)).endsWith("{\"half\n");
    }

    @Test
    void aFileThatEndsWithAWholeLineIsLeftAsItIs() throws Exception {
        Path file = Files.writeString(folder.resolve("dead-letter-20260601-001.ndjson"), "{}\n");

        files(100, 0, NOON).next(folder, 10);
        WholeLines.end(file);

        assertThat(Files.size(file)).isEqualTo(3);
    }

    @Test
    void aFullFolderTakesNothingUntilThereIsRoomAndLosesNothing() throws Exception {
        DeadLetterFiles files = files(100, 150, NOON);
        Path first = folder.resolve(write(files, 100));
        assertThat(files.full(folder)).isNull();

        assertThatThrownBy(() -> files.next(folder, 60))
                .isInstanceOf(DeadLetterFullException.class)
                .hasMessageContaining("100 bytes")
                .hasMessageContaining("audiences.dead-letter.max-bytes=150")
                .hasMessageContaining("Move away files");
        assertThat(files.full(folder))
                .as("for what was to be written there is no room yet")
                .contains("is full");
        assertThat(Files.size(first)).isEqualTo(100);

        assertThat(write(files, 50)).as("what is smaller fits").isEqualTo("dead-letter-20260601-002.ndjson");
        assertThat(files.full(folder)).as("not one byte more fits").contains("is full");

        Files.move(first, folder.resolveSibling(folder.getFileName() + "-done"));
        assertThat(files.full(folder)).isNull();
        assertThat(write(files, 60)).isEqualTo("dead-letter-20260601-003.ndjson");
    }

    @Test
    void filesAreDeletedWhenTheirDayIsTooLongAgoAndOthersAreNot() throws Exception {
        for (String name : new String[] {
            "dead-letter-20260501-001.ndjson",
            "dead-letter-20260501-002.ndjson",
            "dead-letter-20260502-001.ndjson",
            "dead-letter-20260601-001.ndjson",
            "dead-letter-20260501.ndjson",
            "mine-20260501-001.ndjson"
        }) {
            Files.writeString(folder.resolve(name), "{}\n");
        }

        assertThat(files(100, 0, NOON).deleteOld(folder, 30))
                .containsExactlyInAnyOrder("dead-letter-20260501-001.ndjson", "dead-letter-20260501-002.ndjson");

        assertThat(folder)
                .isDirectoryNotContaining("glob:**dead-letter-20260501-*")
                .isDirectoryContaining("glob:**dead-letter-20260502-001.ndjson")
                .isDirectoryContaining("glob:**dead-letter-20260601-001.ndjson")
                .isDirectoryContaining("glob:**dead-letter-20260501.ndjson")
                .isDirectoryContaining("glob:**mine-20260501-001.ndjson");
        assertThat(files(100, 0, NOON).deleteOld(folder.resolve("not-there"), 30))
                .isEmpty();
    }

    private static DeadLetterFiles files(long maxFileBytes, long maxBytes, Instant now) {
        return new DeadLetterFiles(maxFileBytes, maxBytes, Clock.fixed(now, ZoneOffset.UTC));
    }

    /** Writes a line as the route does. */
    private String write(DeadLetterFiles files, int bytes) throws IOException, DeadLetterFullException {
        String name = files.next(folder, bytes);
        Files.writeString(
                folder.resolve(name),
                "x".repeat(bytes - 1) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        return name;
    }

    private static final class TestClock extends Clock {

        private Instant now;

        private TestClock(Instant now) {
            this.now = now;
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
