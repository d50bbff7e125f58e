package io.github.ldaudiences.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the author of a text is told that is no JSON. */
@Tag("event")
class JsonProblemTest {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    static {
        JSON.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(3)
                        .maxNumberLength(9)
                        .build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":1 | Unexpected end-of-input: expected '}' for the object that begins at line 1, column 1",
                "{\"a\":[1 | Unexpected end-of-input: expected ']' for the array that begins at line 1, column 6",
                "[1} | Unexpected close marker '}': expected ']' for what begins at line 1, column 1",
                "{\"a\":\"x | was expecting closing quote for a string value",
                "{\"a\" 1} | was expecting a colon to separate field name and value",
                "{\"a\":NaN} | Non-standard token 'NaN' (at",
                "{\"a\":+1} | JSON spec does not allow numbers to have plus signs (at",
                "{} {} | More content follows the JSON document (at",
                "// x | maybe a (non-standard) comment? (at"
            })
    void aSentenceSaysWhatWasExpectedAndWhere(String text, String sentence) {
        assertThat(problem(text)).contains(sentence).contains("(at line 1, column ");
        assertThat(problem(text.getBytes(StandardCharsets.UTF_8))).contains("(at byte ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[",
                "{\"a\"",
                "{\"a\":1]",
                "{a:1}",
                "nope",
                "{\"a\":Infinity}",
                "{\"a\":01}",
                "[1,]",
                "[[[[1]]]]",
                "[1234567890]",
                "/* */ {}",
                "{} []",
                "\u0001",
                "\"\\x\"",
                "{\"a\":.5}"
            })
    void namesOfTheParsersOptionsAndTypesAreLeftOut(String text) {
        assertThat(problem(text)).doesNotContain("Source", "Feature", "Constraints", "jackson", "`");
    }

    @Test
    void soAreThoseOfTheTypeThatWasExpected() {
        for (String text : new String[] {"[]", "{\"a\":{}}", "{\"a\":\"x\"}"}) {
            JsonProcessingException e =
                    catchThrowableOfType(JsonProcessingException.class, () -> JSON.readerForMapOf(Integer.class)
                            .readValue(text));
            assertThat(JsonProblem.of(e)).doesNotContain("java.", "Token", "`");
        }
    }

    @Test
    void theTextAroundThePlaceIsNotShown() {
        assertThat(problem("{\"email\":\"ada@example.com\",\n\"a\":?}"))
                .contains("line 2")
                .doesNotContain("ada");
    }

    private static String problem(String text) {
        return JsonProblem.of(catchThrowableOfType(JsonProcessingException.class, () -> JSON.readTree(text)));
    }

    private static String problem(byte[] text) {
        return JsonProblem.of(catchThrowableOfType(JsonProcessingException.class, () -> JSON.readTree(text)));
    }
}
