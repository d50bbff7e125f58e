package io.github.ldaudiences.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("mapping")
class MappingValueTest {

    private static final String EVENT = """
            {"userId": "u1", "none": null, "empty": "", "off": false, "zero": 0, "b c": "blank", "größe": "L",
             "a": {"b": [{"c": "first"}, "second", [null, "deep"]], "x.y": "dotted", "b c": {"d": 1}, "it's": 2}}
            """;

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "$.userId             | \"u1\"",
                "  $.userId           | \"u1\"",
                "$.größe              | \"L\"",
                "$.b c                | \"blank\"",
                "$.off                | false",
                "$.zero               | 0",
                "$.empty              | \"\"",
                "$.a.b[0].c           | \"first\"",
                "$.a.b[1]             | \"second\"",
                "$.a.b[2][1]          | \"deep\"",
                "$.a['b'][1]          | \"second\"",
                "$.a['x.y']           | \"dotted\"",
                "$.a['b c'].d         | 1",
                "$.a['b c']['d']      | 1",
                "$.a['it's']          | 2",
                "{\"@path\":\"$.a.b[1]\"}     | \"second\"",
                "{\"@path\":\"$['b c']\"}     | \"blank\"",
                "{\"@path\":\"$['a'].b[1]\"}  | \"second\"",
                "{\"@path\":\"a.b[1]\"}       | \"second\"",
                "{\"@path\":\"a.b.2.1\"}      | \"deep\"",
                "{\"@path\":[\"a\",\"b\",\"1\"]}  | \"second\"",
                "{\"@path\":[\"a\",\"x.y\"]}    | \"dotted\"",
            })
    void aPathFindsWhatItNames(String path, String json) {
        assertThat(in(path)).isEqualTo(json(json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$.none",
                "$.missing",
                "$.missing.deeper",
                "$.none.deeper",
                "$.userId.length",
                "$.userId[0]",
                "$.a[0]",
                "$.a.b[3]",
                "$.a.b[-1]",
                "$.a.b.c",
                "$.a.b[2][0]",
                "$.a['b d']"
            })
    void aPathToNothingOrNullFindsNothing(String path) {
        assertThat(in(path)).isNull();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "$..a               | a name is missing at position 3",
                "$.a.               | a name is missing at position 5",
                "$.a..b             | a name is missing at position 5",
                "$.a[0              | a ']' is missing after position 4",
                "$.a['b             | a ']' is missing after position 4",
                "$.a[b]             | [b] is neither an index nor a name",
                "$.a[]              | [] is neither an index nor a name",
                "$.a[0]b            | expected '.' or '[' at position 7",
                "{\"@path\":\"$\"}    | it names no field",
                "{\"@path\":\"$a\"}   | expected '.' or '[' at position 2",
            })
    void whatIsNoPathIsRefusedWithThePlace(String path, String problem) {
        assertThatThrownBy(() -> MappingValue.compile(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("is not a path: ")
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"@path\":", "{\"@path\" \"$.a\"}", "{@path:$.a}"})
    void aDirectiveThatIsNoJsonIsRefused(String directive) {
        assertThatThrownBy(() -> MappingValue.compile(directive))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("is not valid JSON: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "ADD", "42", "true", "a $.b", "größe", "[1]"})
    void anythingElseIsALiteral(String text) {
        assertThat(in(text).textValue()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  "})
    void nothingConfiguredIsNoValue(String text) {
        assertThat(MappingValue.compile(text)).isSameAs(MappingValue.NONE);
        assertThat(in(text)).isNull();
    }

    private static JsonNode in(String value) {
        return MappingValue.compile(value).in(json(EVENT));
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
