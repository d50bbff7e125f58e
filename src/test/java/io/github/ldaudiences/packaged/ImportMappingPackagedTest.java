package io.github.ldaudiences.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.BundleProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged bundle imports Segment's mappings, without being started. */
@Tag("packaged")
@Tag("command")
class ImportMappingPackagedTest {

    private static final Path EXAMPLE = Path.of("examples/subscription.json");

    @Test
    void theExampleOfTheDocumentationIsPrintedAsThereSaid() throws Exception {
        Process process = start(EXAMPLE);
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isEqualTo(1);
        String documentation = Files.readString(Path.of("docs/mappings.md"));
        assertThat(documentation).contains("```properties\n" + printed + "```\n");
        assertThat(documentation).contains("```\n" + said + "```\n");
    }

    @ParameterizedTest(name = "{0}: exit code {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"settings\":{\"context_kind\":\"user\"}} | 1",
                "{\"error\":\"no\"}                          | 2",
            })
    void theExitCodeTellsWhatHappened(String input, int exitCode, @TempDir Path folder) throws Exception {
        Process process = start(Files.writeString(folder.resolve("subscription.json"), input));

        process.getInputStream().readAllBytes();
        assertThat(process.getErrorStream().readAllBytes()).isNotEmpty();
        assertThat(process.waitFor()).isEqualTo(exitCode);
    }

    private static Process start(Path file) throws Exception {
        List<String> command = new ArrayList<>(List.of(BundleProcess.jdk("java")));
        command.addAll(BundleProcess.optionsOfShortLives());
        command.addAll(
                List.of("-jar", BundleProcess.jar().toAbsolutePath().toString(), "import-mapping", file.toString()));
        return new ProcessBuilder(command).start();
    }
}
