package io.github.ldaudiences.logging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.fixture.ChildJvm;
import io.github.ldaudiences.fixture.HostileLines;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The logging that the bundle brings, as environment variables set it. */
@Tag("observe")
class LogFormatsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DATE = "\\d{4}-\\d\\d-\\d\\dT.*";

    @Test
    void eachLineOfTextBeginsWithItsDate_whateverAnEventHolds() {
        List<String> lines = run(Map.of()).lines().toList();

        assertThat(lines.stream().filter(line -> line.matches(DATE)))
                .hasSize(3)
                .allMatch(line -> line.contains("HostileLines"));
        assertThat(lines.stream().filter(line -> !line.matches(DATE)))
                .isNotEmpty()
                .allMatch(line -> line.startsWith("    "))
                .anyMatch(line -> line.contains("All is well?[2K?[1A??end"));
        assertThat(String.join("", lines)).doesNotContain("s3cr", "at debug").containsOnlyOnce("IllegalStateException");
    }

    @Test
    void jsonHasOneObjectInEachLine_withTheIdsOfTheTraceAndNoSecret() throws IOException {
        String output = run(Map.of("LOG_FORMAT", "json"));
        List<JsonNode> lines = new ArrayList<>();
        for (String line : output.split("\n")) {
            lines.add(JSON.readTree(line));
        }

        assertThat(lines).hasSize(3);
        assertThat(lines.get(0).path("message").asText())
                .startsWith("Batch of aud\r\n2026-01-01")
                .endsWith("end delivered");
        assertThat(lines.get(0).path("level").asText()).isEqualTo("INFO");
        assertThat(lines.get(0).path("logger").asText()).isEqualTo(HostileLines.class.getName());
        assertThat(lines.get(0).path("timestamp").asText()).matches(DATE + "Z");
        assertThat(lines.get(0).has("error")).isFalse();
        assertThat(lines.get(1).at("/error/type").asText()).isEqualTo("java.lang.IllegalStateException");
        assertThat(lines.get(1).at("/error/stack").asText()).contains("at " + HostileLines.class.getName());
        assertThat(lines.get(2).at("/fields/trace_id").asText()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(lines.get(2).at("/fields/audience").asText()).startsWith("aud\r\n");
        assertThat(output).doesNotContain("s3cr").containsOnlyOnce("A secret");
    }

    @Test
    void theBundleMayBeLoggedMoreCloselyThanTheRest() {
        assertThat(run(Map.of("LOG_LEVEL_BUNDLE", "debug")))
                .contains("of the bundle at debug")
                .doesNotContain("of others at debug");
        assertThat(run(Map.of("LOG_LEVEL", "debug"))).contains("of the bundle at debug", "of others at debug");
    }

    private static String run(Map<String, String> variables) {
        return ChildJvm.run(variables, List.of(), HostileLines.class);
    }
}
