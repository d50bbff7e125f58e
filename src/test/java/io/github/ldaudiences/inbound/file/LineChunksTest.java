package io.github.ldaudiences.inbound.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("endpoint")
class LineChunksTest {

    private static final int MAX_LINE = 200_000;

    @ParameterizedTest
    @ValueSource(strings = {"a\nb\n", "a\nb", "a\r\n\nb\n\n", "\n"})
    void aSmallFileIsOneChunk(String text) {
        assertThat(texts(chunks(text))).containsExactly(text);
    }

    @Test
    void anEmptyFileHasNone() {
        assertThat(chunks("")).isEmpty();
    }

    @Test
    void aChunkHoldsSoManyLinesAndKnowsWhereItIs() {
        String line = "{\"userId\":\"ü\"}\n";
        List<FileChunk> chunks = chunks(line.repeat(2500));

        assertThat(texts(chunks)).containsExactly(line.repeat(1000), line.repeat(1000), line.repeat(500));
        int bytes = line.getBytes(StandardCharsets.UTF_8).length;
        assertThat(chunks.stream().map(FileChunk::from))
                .containsExactly(
                        FilePosition.START,
                        new FilePosition(1000L * bytes, 1001),
                        new FilePosition(2000L * bytes, 2001));
        assertThat(chunks.get(2).to()).isEqualTo(new FilePosition(2500L * bytes, 2501));
    }

    @Test
    void aChunkOfLongLinesEndsWithTheLineThatFillsIt() {
        String line = "x".repeat(MAX_LINE) + "\n";
        List<FileChunk> chunks = chunks(line.repeat(25));

        assertThat(chunks.stream().map(chunk -> chunk.to().line() - chunk.from().line()))
                .containsExactly(20L, 5L);
    }

    @Test
    void ofALineThatIsTooLongTheBeginningIsKeptAndItsNeighboursAreWhole() {
        String tooLong = "x" + "ü".repeat(MAX_LINE);
        List<FileChunk> chunks = chunks("a\nb\n" + tooLong + "\nc\n" + tooLong + "\n" + tooLong);

        assertThat(chunks.stream().map(FileChunk::problem).map(problem -> problem == null ? "" : problem.reason()))
                .satisfiesExactly(
                        problem -> assertThat(problem).isEmpty(),
                        problem -> assertThat(problem).startsWith("The line has 400001 bytes; 200000 are allowed."),
                        problem -> assertThat(problem).isEmpty(),
                        problem -> assertThat(problem).startsWith("The line has 400001 bytes"),
                        problem -> assertThat(problem).startsWith("The line has 400001 bytes"));
        // Not cut within a letter.
        assertThat(texts(chunks))
                .containsExactly(
                        "a\nb\n",
                        tooLong.substring(0, 500),
                        "c\n",
                        tooLong.substring(0, 500),
                        tooLong.substring(0, 500));
        assertThat(chunks.stream().map(chunk -> chunk.from().line())).containsExactly(1L, 3L, 4L, 5L, 6L);
    }

    @Test
    void aLineThatIsTooLongNeedNotBeText() {
        byte[] file = ("a\n" + "\u0080".repeat(MAX_LINE + 1) + "\nb").getBytes(StandardCharsets.ISO_8859_1);
        List<FileChunk> chunks = new ArrayList<>();
        new LineChunks(new ByteArrayInputStream(file), FilePosition.START, MAX_LINE).forEachRemaining(chunks::add);

        assertThat(chunks.stream().map(chunk -> chunk.body().length)).containsExactly(2, 997, 1);
    }

    @Test
    void aLineOfTheLongestLengthIsWhole() {
        String line = "x".repeat(MAX_LINE);

        assertThat(texts(chunks(line + "\n" + line))).containsExactly(line + "\n" + line);
    }

    @Test
    void aStreamThatGivesAByteAtATimeIsReadTheSame() {
        String text = "x".repeat(300) + "\n" + "y".repeat(MAX_LINE + 1) + "\nz";
        InputStream slow = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] to, int from, int length) {
                return super.read(to, from, Math.min(1, length));
            }

            @Override
            public byte[] readAllBytes() {
                throw new UnsupportedOperationException();
            }
        };

        List<FileChunk> read = new ArrayList<>();
        new LineChunks(slow, FilePosition.START, MAX_LINE).forEachRemaining(read::add);
        assertThat(texts(read)).containsExactly("x".repeat(300) + "\n", "y".repeat(1000), "z");
    }

    @Test
    void readingCanBeginWhereAChunkEnded() throws IOException {
        byte[] file = "a\n".repeat(1500).getBytes(StandardCharsets.UTF_8);
        FilePosition from = chunks("a\n".repeat(1500)).get(0).to();
        InputStream in = new ByteArrayInputStream(file);
        in.skipNBytes(from.offset());

        FileChunk rest = new LineChunks(in, from, MAX_LINE).next();
        assertThat(rest.body()).hasSize(1000);
        assertThat(rest.source("f.ndjson").coordinates(rest.body(), 4).toString())
                .isEqualTo("{file=f.ndjson, line=1003}");
    }

    private static List<FileChunk> chunks(String text) {
        List<FileChunk> chunks = new ArrayList<>();
        new LineChunks(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), FilePosition.START, MAX_LINE)
                .forEachRemaining(chunks::add);
        return chunks;
    }

    private static List<String> texts(List<FileChunk> chunks) {
        return chunks.stream()
                .map(chunk -> new String(chunk.body(), StandardCharsets.UTF_8))
                .toList();
    }
}
