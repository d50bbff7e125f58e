package io.github.ldaudiences.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every command, those included that somebody will add. */
@Tag("command")
class EveryCommandTest extends PrintedByCommand {

    /** They print nothing that a program would read. */
    private static final List<String> WITHOUT_JSON = List.of("run", "help");

    static Stream<String> commands() {
        PrintStream nowhere = stream(new ByteArrayOutputStream());
        return BundleCommand.line(InputStream.nullInputStream(), nowhere, nowhere).getSubcommands().keySet().stream();
    }

    static Stream<String> commandsOfOurs() {
        return commands().filter(command -> !command.equals("help"));
    }

    @Test
    void thereAreCommands() {
        assertThat(commands()).contains("run", "check", "backfill", "explain", "help");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void hasHelpWithItsExitCodes(String command) {
        assertThat(execute(command, "--help")).isZero();
        assertThat(text(out)).contains("Usage: java -jar launchdarkly-audiences-camel-*.jar " + command);
        assertThat(text(err)).isEmpty();
        if (!WITHOUT_JSON.contains(command)) {
            assertThat(text(out)).contains("--json", "Exit codes:\n  0", "\n  1", "\n  2");
        }
    }

    @ParameterizedTest
    @MethodSource("commandsOfOurs")
    void namesTheNearestOfAnOptionThatThereIsNotAndPrintsNothingElse(String command) {
        assertThat(execute(command, "--hlep", "a")).isEqualTo(2);
        assertThat(text(err)).startsWith("There is no option --hlep. Did you mean --help?");
        assertThat(text(out)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void standsInTheDocumentationAndInTheReadme(String command) throws Exception {
        assertThat(Files.readString(Path.of("docs/command-line.md"))).contains("`" + command + "`");
        assertThat(Files.readString(Path.of("README.md"))).contains("`" + command + "`");
    }

    @ParameterizedTest
    @MethodSource("commandsOfOurs")
    void printsNoColours(String command) {
        execute(command, "--help");
        execute(command, "--hlep");
        assertThat(text(out) + text(err)).doesNotContain("\u001b", "\r");
    }
}
