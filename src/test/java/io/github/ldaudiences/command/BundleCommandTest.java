package io.github.ldaudiences.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.main.MainHelper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command line answers. */
@Tag("command")
class BundleCommandTest extends PrintedByCommand {

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "-help", "help"})
    void helpNamesTheCommandsAndTheVariablesToBeginWith(String argument) {
        assertThat(execute(argument)).isZero();
        assertThat(text(out))
                .containsPattern("\n  run +Starts the routes")
                .containsPattern("\n  explain +Says what would become of events")
                .containsPattern("\n  import-mapping +Prints the properties")
                .contains("LAUNCHDARKLY_SERVICE_TOKEN", "AUDIENCES_INBOUND", "HTTP_PORT", "Without a command it runs");
        assertThat(text(err)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "run, -duration=<value>",
        "explain, --json",
        "memberships, --audience=<id>",
        "resync, --to=<id>",
        "check-drift, --sample=<n>",
        "status, --url=<url>",
        "replay, --dry-run",
        "import-mapping, <file>"
    })
    void eachCommandHasHelp(String command, String part) {
        assertThat(execute(command, "--help")).isZero();
        String printed = text(out);
        assertThat(printed)
                .startsWith("Usage: java -jar launchdarkly-audiences-camel-*.jar " + command + " ")
                .contains(part);
        out.reset();
        assertThat(execute("help", command)).isZero();
        assertThat(text(out)).isEqualTo(printed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "-V"})
    void theVersionsOfTheBundleAndOfCamelArePrinted(String argument) {
        assertThat(execute(argument)).isZero();
        assertThat(text(out).lines())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("LaunchDarkly Audiences for Apache Camel "))
                .anyMatch(line -> line.equals("Apache Camel " + new MainHelper().getVersion()));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "undo-everything     | There is no command undo-everything. Commands: run, check, backfill, explain, memberships, resync, check-drift, status, replay, import-mapping, help.",
                "explian             | There is no command explian. Did you mean explain?",
                "import_mapping      | There is no command import_mapping. Did you mean import-mapping?",
                "--hepl              | There is no option --hepl. Did you mean --help?",
                "--versoin           | There is no option --versoin. Did you mean --version?",
                "-durration 5        | There is no option -durration. Did you mean -duration?",
                "-d soon             | A number is needed",
                "run now             | There is no argument now.",
                "run explain         | There is no argument explain.",
                "explain             | Missing required parameter: '<file>'",
                "explain --jsn a     | There is no option --jsn. Did you mean --json?",
                "explain a b         | There is no argument b.",
                "import-mapping --hep | There is no option --hep. Did you mean --help?",
                "help me             | Unknown subcommand 'me'.",
                "-Dcamel.main.name=x | Properties must be set before -jar: java -Dcamel.main.name=<value> -jar ...",
                "audiences.replay=on | Properties must be set before -jar: java -Daudiences.replay=<value> -jar ...",
            })
    void whatIsNotKnownIsExitCode2WithASentence(String arguments, String sentence) {
        assertThat(execute(arguments.split(" "))).isEqualTo(2);
        assertThat(text(err)).startsWith(sentence).contains("Try: java -jar launchdarkly-audiences-camel-*.jar");
        assertThat(text(out)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Daudiences.destination.launchdarkly.service-token=api-4711",
                "audiences.destination.launchdarkly.service-token=api-4711",
                "--token=api-4711"
            })
    void whatMayBeASecretIsNotPrinted(String argument) {
        assertThat(execute(argument)).isEqualTo(2);
        assertThat(text(err)).isNotEmpty().doesNotContain("4711");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-pl", "-propertiesLocation", "run -pl"})
    void optionsOfCamelMainHoldWithAndWithoutTheCommandRun(String arguments) {
        String location = "file:target/none.properties;optional=true";
        assertThat(execute((arguments + " " + location).split(" "))).isEqualTo(2);
        assertThat(text(err)).contains("No properties of the bundle were found: " + location + ", in the folder /");
    }

    @Test
    void aFileOfPropertiesThatIsNamedAndMissingIsExitCode2() {
        assertThat(execute("-pl", "file:target/none.properties")).isEqualTo(2);
        assertThat(text(err))
                .contains("target/none.properties", "Start the bundle in the folder that holds application.properties");
    }

    @Test
    void aProfileHasAFileOfItsOwn() throws IOException {
        Path file = Files.writeString(Path.of("application-profile-of-this-test.properties"), "audiences.replays=on");
        try {
            assertThat(execute("-pro", "profile-of-this-test")).isEqualTo(2);
            assertThat(text(err)).contains("audiences.replays is not a property of this bundle.");
        } finally {
            Files.delete(file);
        }
    }
}
