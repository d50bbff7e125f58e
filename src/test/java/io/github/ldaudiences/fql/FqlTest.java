package io.github.ldaudiences.fql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.ldaudiences.fixture.AudienceEvent;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("mapping")
class FqlTest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final String EVENT = """
            {"type": "track", "event": "Order Completed", "name": "Home", "userId": "u1",
             "properties": {"total": 99.5, "count": 3, "big": 12345678901234567891, "text": "3", "paid": true,
                            "flag": "true", "off": false, "none": null, "list": [1, 2], "empty": "",
                            "größe": "Übergröße 🚀", "a b": 1, "a.b": 2, "a": {"b": 3}, "quote": "say \\"hi\\"",
                            "path": "C:\\\\dir", "star": "a*b", "lines": "one\\ntwo", "minus": -2},
             "traits": {"email": "someone@example.com"},
             "context": {"personas": {"computation_class": "audience"}, "deep": {"er": {"est": "bottom"}}}}
            """;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "type = \"track\"",
                "event = \"Order Completed\"",
                "name = \"Home\"",
                "userId = \"u1\"",
                "properties.count = 3",
                "traits.email = \"someone@example.com\"",
                "context.personas.computation_class = \"audience\"",
                "context.deep.er.est = \"bottom\"",
                "properties.a.b = 3",
                "properties.a\\.b = 2",
                "properties.list\\[1\\] = 2",
                "properties.list.1 = 2",
                "properties.list\\[2\\] = null",
                "properties.list.x = null",
                "properties.a\\ b = 1",
                "properties.größe = \"Übergröße 🚀\"",
                "   type=\"track\"   ",
                "\n\ttype\n=\n\"track\"\n",
            })
    void everySubjectCanBeNamedAndPathsHaveDots(String expression) {
        assertThat(matches(expression)).isTrue();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "type = \"track\"             | true",
                "type = \"Track\"             | false",
                "type = \"identify\"          | false",
                "type = \" track\"            | false",
                "type = \"\"                  | false",
                "properties.empty = \"\"      | true",
                "properties.missing = \"\"    | false",
                "properties.none = \"\"       | false",
                "properties.count = 3         | true",
                "properties.count = 3.0       | true",
                "properties.count = 30e-1     | true",
                "properties.count = \"3\"     | false",
                "properties.text = 3          | false",
                "properties.text = \"3\"      | true",
                "properties.minus = -2        | true",
                "properties.total = 99.50     | true",
                "properties.big = 12345678901234567891 | true",
                "properties.big = 12345678901234567890 | false",
                "properties.paid = true       | true",
                "properties.paid = false      | false",
                "properties.paid = \"true\"   | false",
                "properties.flag = true       | false",
                "properties.flag = \"true\"   | true",
                "properties.off = false       | true",
                "properties.none = false      | false",
                "properties.missing = false   | false",
                "properties.count = true      | false",
                "properties.list = 1          | false",
            })
    void equalityIsStrictAndCaseSensitive(String expression, boolean expected) {
        assertThat(matches(expression)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "type != \"track\"            | false",
                "type != \"identify\"         | true",
                "type!=\"identify\"           | true",
                "properties.count != 3        | false",
                "properties.count != \"3\"    | true",
                "properties.missing != \"x\"  | true",
                "properties.none != \"x\"     | true",
                "properties.count != 4        | true",
                "properties.text != 4         | false",
                "properties.missing != 3      | false",
                "properties.none != 3         | false",
                "properties.paid != 3         | false",
                "!(properties.missing = 3)    | true",
            })
    void inequalityIsTheOppositeOfEqualityAndWithANumberForNumbersOnly(String expression, boolean expected) {
        assertThat(matches(expression)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "properties.none = null             | true",
                "properties.missing = null          | true",
                "properties.missing.deeper = null   | true",
                "properties.text.deeper = null      | true",
                "properties.none.deeper = null      | true",
                "properties.list.length = null      | true",
                "properties.empty = null            | false",
                "properties.off = null              | false",
                "properties.count = null            | false",
                "properties.none != null            | false",
                "properties.missing != null         | false",
                "properties.count != null           | true",
                "properties.a != null               | true",
            })
    void nullIsWhatIsAbsentOrNull(String expression, boolean expected) {
        assertThat(matches(expression)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "properties.count < 3         | false",
                "properties.count < 3.1       | true",
                "properties.count <= 3        | true",
                "properties.count <= 2        | false",
                "properties.count > 3         | false",
                "properties.count > 2         | true",
                "properties.count > -3        | true",
                "properties.count >= 3        | true",
                "properties.count >= 4        | false",
                "properties.count>=3          | true",
                "properties.total > 99.4      | true",
                "properties.total < 99.6      | true",
                "properties.big > 12345678901234567890 | true",
                "properties.big < 1e30        | true",
                "properties.minus < -1        | true",
                "properties.text < 4          | false",
                "properties.text > 2          | false",
                "properties.paid >= 0         | false",
                "properties.none < 1          | false",
                "properties.none >= 0         | false",
                "properties.missing <= 0      | false",
            })
    void comparisonsOfSizeAreForNumbers(String expression, boolean expected) {
        assertThat(matches(expression)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "contains(event, \"Order\")           | true",
                "contains(event, \"r C\")             | true",
                "contains(event, \"Completed\")       | true",
                "contains(event, \"order\")           | false",
                "contains(event, \"\")                | true",
                "contains( event , \"Order\" )        | true",
                "contains(properties.star, \"*\")     | true",
                "contains(properties.größe, \"größe 🚀\") | true",
                "contains(traits.email, \"@example.\") | true",
                "contains(properties.missing, \"x\")  | false",
                "contains(properties.none, \"\")      | false",
                "contains(properties.count, \"3\")    | false",
                "contains(properties.list, \"1\")     | false",
            })
    void containsFindsTextAnywhere(String expression, boolean expected) {
        assertThat(matches(expression)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "match(event, \"Order*\")             | true",
                "match(event, \"*Completed\")         | true",
                "match(event, \"Order Completed*\")   | true",
                "match(event, \"*Order Completed\")   | true",
                "match(event, \"*\")                  | true",
                "match(event, \"Completed*\")         | false",
                "match(event, \"*Order\")             | false",
                "match(event, \"order*\")             | false",
                "match(properties.empty, \"*\")       | true",
                "match(properties.größe, \"Über*\")   | true",
                "match(properties.missing, \"*\")     | false",
                "match(properties.count, \"*\")       | false",
            })
    void matchTakesAStarAtEitherEnd(String expression, boolean expected) {
        assertThat(matches(expression)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "!contains(event, \"Order\")          | false",
                "!contains(event, \"order\")          | true",
                "!match(event, \"Order*\")            | false",
                "! match(event, \"*x\")               | true",
                "!(type = \"track\")                  | false",
                "!(type = \"track\" and userId = \"x\") | true",
                "!!(type = \"track\")                 | true",
                "!contains(properties.star, \"x\")    | true",
                "!contains(properties.missing, \"x\") | false",
                "!contains(properties.none, \"x\")    | false",
                "!contains(properties.count, \"x\")   | false",
                "!match(properties.missing, \"x*\")   | false",
                "!match(properties.list, \"*x\")      | false",
                "!(contains(properties.missing, \"x\")) | true",
                "!!contains(event, \"Order\")         | true",
                "!!contains(properties.missing, \"x\") | false",
                "!contains(event, \"x\") and type = \"identify\" | false",
            })
    void anExclamationMarkNegatesWhatFollowsAndAFunctionIsForTextsEvenSo(String expression, boolean expected) {
        assertThat(matches(expression)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "type = \"track\" or type = \"x\" and type = \"y\"     | true",
                "(type = \"track\" or type = \"x\") and type = \"y\"   | false",
                "type = \"y\" and type = \"x\" or type = \"track\"     | true",
                "type = \"y\" and (type = \"x\" or type = \"track\")   | false",
                "type = \"x\" or type = \"y\" or type = \"track\"      | true",
                "type = \"track\" and userId = \"u1\" and name = \"Home\" | true",
                "type = \"track\" and userId = \"u1\" and name = \"x\" | false",
                "((((type = \"track\"))))                              | true",
                "(type = \"track\")and(userId = \"u1\")                | true",
                "!contains(event, \"x\") or type = \"x\"               | true",
            })
    void andBindsTighterThanOrAndParenthesesTighterThanBoth(String expression, boolean expected) {
        assertThat(matches(expression)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "properties.quote = \"say \\\"hi\\\"\"          | true",
                "contains(properties.quote, \"\\\"\")           | true",
                "properties.path = \"C:\\\\dir\"                | true",
                "properties.lines = \"one\\ntwo\"               | true",
                "type = \"track\\\" or type = \\\"track\"       | false",
            })
    void aBackslashInAStringTakesTheNextCharacter(String expression, boolean expected) {
        assertThat(matches(expression)).isEqualTo(expected);
    }

    @Test
    void keywordsAndParenthesesInStringsAreText() {
        assertThat(matches("event = \"Order Completed\" and name != \"a or b) and (\""))
                .isTrue();
    }

    @Test
    void segmentsPresetTakesIdentifyAndTrackAndNothingElse() {
        String preset = "type = \"identify\" or type = \"track\"";

        assertThat(Fql.compile(preset).test(AudienceEvent.entered("u1").json())).isTrue();
        assertThat(Fql.compile(preset).test(AudienceEvent.track("a", "k", true).json()))
                .isTrue();
        for (String type : new String[] {"page", "screen", "group", "alias", "Track", ""}) {
            assertThat(Fql.compile(preset).test(json("{\"type\":\"" + type + "\"}")))
                    .as(type)
                    .isFalse();
        }
        assertThat(Fql.compile(preset).test(json("{}"))).isFalse();
        assertThat(Fql.compile(preset).test(json("{\"type\":null}"))).isFalse();
        assertThat(Fql.compile(preset).test(json("{\"type\":[\"track\"]}"))).isFalse();
    }

    @ParameterizedTest(name = "{0}: {1} at {2}, found {3}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "##                              | a subject, a function            | 1  | the end of the expression",
                "type                            | an operator                      | 5  | the end of the expression",
                "type =                          | a string in double quotes        | 7  | the end of the expression",
                "type = track                    | a string in double quotes        | 8  | 'track'",
                "type = \"track                  | a closing '\"'                   | 8  | none",
                "type == \"track\"               | a string in double quotes        | 7  | '='",
                "type = 'track'                  | a subject, a value               | 8  | '''",
                "type = \"a\" type = \"b\"       | 'and', 'or' or the end           | 12 | 'type'",
                "type = \"a\" and                | a subject, a function            | 15 | the end of the expression",
                "and type = \"a\"                | a subject                        | 1  | 'and'",
                "(type = \"a\"                   | ')'                              | 12 | the end of the expression",
                "type = \"a\")                   | 'and', 'or' or the end           | 11 | ')'",
                "()                              | a subject, a function            | 2  | ')'",
                "type < \"a\"                    | a number                         | 8  | 'a'",
                "properties.a > true             | a number                         | 16 | 'true'",
                "properties.a = 1.2.3            | a number                         | 16 | '1.2.3'",
                "properties = 1                  | a subject: type, event           | 1  | 'properties'",
                "properties. = 1                 | a subject: type, event           | 1  | 'properties.'",
                "properties.a..b = 1             | a subject: type, event           | 1  | 'properties.a..b'",
                "type.x = 1                      | a subject: type, event           | 1  | 'type.x'",
                "messageId = \"a\"               | a subject: type, event           | 1  | 'messageId'",
                "Type = \"a\"                    | a subject: type, event           | 1  | 'Type'",
                "type = \"a\" OR type = \"b\"      | 'and', 'or' or the end           | 12 | 'OR'",
                "match(event, \"*a b*\")         | a pattern with a * at one end (instead of match write contains(event, \"a b\")) | 14 | '*a b*'",
                "!match(traits.a, \"**\")        | a pattern with a * at one end (instead of match write !contains(traits.a, \"\")) | 18 | '**'",
                "match(event, \"a b\")           | a pattern with a * at one end (instead of match write event = \"a b\") | 14 | 'a b'",
                "!match(event, \"a\\\"b\")        | a pattern with a * at one end (instead of match write event != \"a\\\"b\") | 15 | 'a\"b'",
                "match(event, \"\")              | a pattern with a * at one end   | 14 | ''",
                "properties.a != true            | a string, a number or null after != (for anything but true write !(properties.a = true)) | 17 | 'true'",
                "userId != false                 | a string, a number or null after != (for anything but false write !(userId = false)) | 11 | 'false'",
                "contains(event \"a\")           | ','                              | 16 | 'a'",
                "contains(event, a)              | a string                         | 17 | 'a'",
                "contains(event, \"a\"           | ')'                              | 20 | the end of the expression",
                "contains(\"a\", event)          | a subject                        | 10 | 'a'",
                "matches(event, \"a\")           | contains or match                | 1  | 'matches'",
                "type = \"a\" & event = \"b\"    | a subject, a value, an operator  | 12 | '&'",
                "! = \"a\"                       | a subject, a function            | 3  | '='",
            })
    void whatIsNoFqlIsRefusedWithThePlaceAndWhatWasExpectedThere(
            String expression, String expected, int position, String found) {
        assertThatThrownBy(() -> Fql.compile(expression))
                .isInstanceOf(FqlSyntaxException.class)
                .hasMessageStartingWith("FQL: expected " + expected)
                .hasMessageContaining(" at position " + position + ",")
                .hasMessageContaining("found " + found + ", in: " + expression);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "!", "!(", "(type = \"a\" or "})
    void anExpressionThatIsNestedTooDeeplyIsRefused(String level) {
        assertThatThrownBy(() -> Fql.compile(level.repeat(100_000)))
                .isInstanceOf(FqlSyntaxException.class)
                .hasMessageStartingWith("FQL: expected no more than 100 levels of '!' and '('");
    }

    @Test
    void aHundredLevelsAreNotTooManyAndLevelsThatEndDoNotCount() {
        assertThat(matches("(".repeat(100) + "type = \"track\"" + ")".repeat(100)))
                .isTrue();
        assertThat(matches("!".repeat(99) + "type = \"track\"")).isFalse();
        assertThat(matches("(!!type = \"track\") and ".repeat(200) + "type = \"track\""))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"properties.🚀 = 1", "properties.\\🚀 = 1", "properties.a.🚀x=1"})
    void aNameMayHaveCharactersOfTwoUnits(String expression) {
        assertThat(Fql.compile(expression).test(json("{\"properties\":{\"🚀\":1,\"a\":{\"🚀x\":1}}}")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"or", "and"})
    void anExpressionMayBeLong(String operator) {
        String match = "type = \"track\"";
        String none = "type = \"none\"";
        String others = (" " + operator + " " + ("or".equals(operator) ? none : match)).repeat(100_000);

        assertThat(matches(match + others)).isTrue();
        assertThat(matches(none + others)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"=", "<", ">"})
    void aNumberThatIsNoneForJsonComparesWithNothing(String operator) {
        JsonNode event = JSON.createObjectNode()
                .set("properties", JSON.createObjectNode().put("n", Double.POSITIVE_INFINITY));

        assertThat(Fql.compile("properties.n " + operator + " 1").test(event)).isFalse();
    }

    private static boolean matches(String expression) {
        return Fql.compile(expression).test(json(EVENT));
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "type = \"a\" or type = \"b\" and event = \"c\"      | applies the last of 'and' and 'or'",
                "type = \"c\" and (type = \"a\" and event = \"a\" or event = \"b\") | applies the last of 'and' and 'or'",
                "((type = \"a\"))                                | cannot read parentheses in parentheses",
                "(contains(event, \"a\") or type = \"b\")         | ends a group at the ')' of a function",
                "!(type = \"a\")                                 | reads a '!' only if",
                "!type = \"a\"                                   | reads a '!' only if",
                "! contains(event, \"a\")                        | reads a '!' only if",
                "!!contains(event, \"a\")                        | reads a '!' only if",
                "contains(type, \"a\")                           | ignores contains and match for type",
            })
    void whatSegmentDoesNotReadAsItIsWrittenIsSaid(String expression, String difference) {
        assertThat(Fql.differences(expression)).singleElement().asString().startsWith(difference);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "type = \"a\" or type = \"b\" or !contains(event, \"c\")",
                "(type = \"a\" or type = \"b\") and (event = \"c\" and !match(name, \"d*\"))",
            })
    void nothingIsSaidOfWhatSegmentReadsAsItIsWritten(String expression) {
        assertThat(Fql.differences(expression)).isEmpty();
    }

    @Test
    void aFunctionIsTakenApartWithItsExclamationMark() throws JsonProcessingException {
        JsonNode event = JSON.readTree("{\"event\":7}");
        List<Fql.Comparison> comparisons = Fql.comparisons("!contains(event, \"In\") or !(match(event, \"In*\"))");

        assertThat(comparisons)
                .extracting(Fql.Comparison::text)
                .containsExactly("!contains(event, \"In\")", "match(event, \"In*\")");
        assertThat(comparisons)
                .extracting(comparison -> comparison.test().test(event))
                .containsExactly(false, false);
    }

    @Test
    void anExpressionCanBeTakenApartIntoItsComparisons() throws JsonProcessingException {
        List<Fql.Comparison> comparisons = Fql.comparisons(
                "type=\"track\" and !(contains( event , \"In\" )  or properties.a\\.b >= 3) or userId != null");
        assertThat(comparisons)
                .extracting(Fql.Comparison::text)
                .containsExactly(
                        "type=\"track\"", "contains( event , \"In\" )", "properties.a\\.b >= 3", "userId != null");
        JsonNode event = JSON.readTree("{\"type\":\"track\",\"event\":\"Out\",\"properties\":{\"a.b\":3}}");
        assertThat(comparisons)
                .extracting(comparison -> comparison.test().test(event))
                .containsExactly(true, false, true, false);
        assertThat(comparisons)
                .extracting(comparison -> String.valueOf(comparison.found(event)))
                .containsExactly("\"track\"", "\"Out\"", "3", "null");
    }
}
