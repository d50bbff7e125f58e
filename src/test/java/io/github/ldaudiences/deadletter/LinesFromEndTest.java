package io.github.ldaudiences.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines that are read from the end of a file. */
@Tag("deadletter")
class LinesFromEndTest {

    @TempDir
    private Path folder;

    @Test
    void linesComeFromTheLastToTheFirst() throws IOException {
        assertThat(read("a\nb\n\nc\n", Long.MAX_VALUE, 100)).containsExactly("5 c", "4 ", "2 b", "0 a");
        assertThat(read("a\nhalf", Long.MAX_VALUE, 100)).containsExactly("2 half", "0 a");
        assertThat(read("", Long.MAX_VALUE, 100)).isEmpty();
        assertThat(read("\n", Long.MAX_VALUE, 100)).containsExactly("0 ");
    }

    @Test
    void aReadingThatGoesOnBeforeALineSeesWhatIsBeforeIt() throws IOException {
        assertThat(read("aa\nbb\ncc\n", 6, 100)).containsExactly("3 bb", "0 aa");
        assertThat(read("aa\nbb\ncc\n", 0, 100)).isEmpty();
        assertThat(read("aa\nbb\ncc\n", 4, 100)).as("within a line").containsExactly("3 b", "0 aa");
    }

    @Test
    void linesLongerThanABlockAreWhole() throws IOException {
        List<String> lines = IntStream.of(10, 200_000, 65_535, 65_536, 1, 65_537, 500_000)
                .mapToObj(length -> "x".repeat(length) + length)
                .toList();
        List<String> read = read(String.join("\n", lines) + "\n", Long.MAX_VALUE, 1_000_000).stream()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toList();
        List<String> reversed = new ArrayList<>(lines);
        java.util.Collections.reverse(reversed);
        assertThat(read).isEqualTo(reversed);
    }

    @Test
    void aLineThatIsTooLongIsPassedOverAndItsNeighboursAreRead() throws IOException {
        String text = "first\n" + "x".repeat(1_000_000) + "\nlast\n";
        assertThat(read(text, Long.MAX_VALUE, 100_000)).containsExactly("1000007 last", "6 null", "0 first");
    }

    private List<String> read(String text, long before, int maxLine) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), text);
        List<String> read = new ArrayList<>();
        try (LinesFromEnd lines = new LinesFromEnd(file, before, maxLine)) {
            LinesFromEnd.Line line;
            while ((line = lines.next()) != null) {
                read.add(line.start() + " "
                        + (line.bytes() == null ? null : new String(line.bytes(), StandardCharsets.UTF_8)));
            }
        }
        return read;
    }
}
