package io.github.ldaudiences.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("deploy")
class FlagFlipTest {

    @Test
    void printsWhatItsPageShows_aFlagThatChangesWithTheAudienceAndBack() throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        FlagFlip.run(new PrintStream(printed, true, StandardCharsets.UTF_8));

        assertThat(printed.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n"))
                .isEqualTo(shown());
    }

    private static String shown() throws IOException {
        String[] blocks =
                Files.readString(Path.of("examples/flag-flip/README.md")).split("```\n");
        return blocks[blocks.length - 2];
    }
}
