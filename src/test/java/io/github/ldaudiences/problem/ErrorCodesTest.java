package io.github.ldaudiences.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The list of codes in the documentation is that of the code. */
@Tag("project")
class ErrorCodesTest {

    private static final Path PAGE = Path.of("docs/errors.md");
    private static final String BEGIN = "<!-- codes: made from the code, see ErrorCodesTest -->\n";
    private static final String END = "<!-- end of codes -->";

    @Test
    void thePageListsEachCode() throws IOException {
        String text = Files.readString(PAGE);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        if (Boolean.getBoolean("update-reference")) {
            Files.writeString(PAGE, text.substring(0, begin) + table() + text.substring(end));
            return;
        }
        assertThat(text.substring(begin, end))
                .as("run mvn test -Dtest=ErrorCodesTest -Dupdate-reference=true")
                .isEqualTo(table());
    }

    private static String table() {
        StringBuilder table = new StringBuilder("| Code | Status | Concerns | Meaning |\n|---|---|---|---|\n");
        for (ProblemCode code : ProblemCode.values()) {
            table.append("| `")
                    .append(code)
                    .append("` | ")
                    .append(code.status() == 0 ? "" : code.status())
                    .append(" | ")
                    .append(code.concern())
                    .append(" | ")
                    .append(code.meaning())
                    .append(" |\n");
        }
        return table.toString();
    }
}
