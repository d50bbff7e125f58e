package io.github.ldaudiences.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each directive of Segment's mapping language. In an expected value, nothing stands for no value. */
@Tag("mapping")
class DirectiveTest {

    private static final String EVENT = """
            {"userId": "u1", "none": null, "empty": "", "blank": " ", "off": false, "zero": 0, "on": true,
             "id": 12345678901234567890, "price": 1.50, "big": 1e3, "name": "Ann <b> Öz", "braces": "{{userId}}",
             "pair": ["a", "b"], "single": [["u1"]], "nothing": [], "object": {}, "nulls": [null],
             "nested": {"a": {"b": 1, "c": {"d": 2}}, "list": [{"e": 3}, 4], "x": "y", "n": null, "void": {}},
             "items": [{"id": 1, "tags": ["t"]}, {"name": "two"}, null, "three"],
             "json": "{\\"a\\": [1, 12345678901234567890]}", "broken": "{\\"a\\":", "two": "1 2",
             "traits": {"plan": "pro", "email": "a@example.com"}, "properties": {"plan": "free", "total": 7}}
            """;

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a": 1, "b": {"@path": "$.userId"}}                     | {"a":1,"b":"u1"}
            {"a": {"@path": "$.missing"}, "b": null}                 | {}
            {"a": [1, {"@path": "$.userId"}, {"@path": "$.none"}]}   | {"a":[1,"u1",null]}
            {"__proto__": {"constructor": true}}                     | {"__proto__":{"constructor":true}}
            {"_metadata": 1}                                         | {"_metadata":1}
            {}                                                       | {}
            {"@literal": "{{userId}}"}                               | "{{userId}}"
            {"@literal": 12345678901234567890}                       | 12345678901234567890
            {"@literal": 1.50}                                       | 1.50
            {"@literal": false}                                      | false
            {"@literal": null}                                       |
            {"@literal": {"a": {"@path": "$.userId"}}}               | {"a":"u1"}
            {"@excludeWhenNull": {"@path": "$.userId"}}              | "u1"
            {"@excludeWhenNull": {"@path": "$.none"}}                |
            {"@excludeWhenNull": {"@path": "$.missing"}}             |
            {"@path": "$.userId", "_metadata": {"label": "User ID"}} | "u1"
            """)
    void literalsObjectsAndArraysAreMadeOfValues(String value, String expected) {
        assertThat(in(value)).isEqualTo(json(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "$."})
    void aPathWithoutStepsIsTheWholeEvent(String path) {
        assertThat(in("{\"@path\": \"" + path + "\"}")).isEqualTo(json(EVENT));
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            user-{{userId}}!              | user-u1!
            {{{userId}}}                  | u1
            {{ userId }}-{{{ userId }}}   | u1-u1
            {{nested.a.c.d}}{{items[1].name}}  | 2two
            {{$.userId}}                  | u1
            {{name}}                      | Ann <b> Öz
            {{missing.deep}}/{{none}}/{{empty}} | //
            {{id}} {{price}} {{big}}      | 12345678901234567890 1.50 1000
            {{on}} {{off}} {{zero}}       | true false 0
            {{single}} {{pair}}           | u1 ["a","b"]
            {{traits}}                    | {"plan":"pro","email":"a@example.com"}
            {{braces}}                    | {{userId}}
            no place, {userId} {{}} }} {{ | no place, {userId} {{}} }} {{
            """)
    void aTemplateIsFilledFromTheEvent(String template, String expected) {
        assertThat(in("{\"@template\": \"" + template + "\"}").textValue()).isEqualTo(expected);
    }

    @Test
    void anEmptyTemplateIsTheEmptyText() {
        assertThat(in("{\"@template\": \"\"}").textValue()).isEmpty();
    }

    @ParameterizedTest(name = "{0}: exists {1}, not blank {2}")
    @CsvSource({
        "userId,       yes, yes",
        "blank,        yes, yes",
        "on,           yes, yes",
        "pair,         yes, yes",
        "object,       yes, yes",
        "empty,        yes, no",
        "off,          yes, no",
        "zero,         yes, no",
        "nothing,      yes, no",
        "nulls,        yes, no",
        "none,         no,  no",
        "missing,      no,  no",
        "missing.path, no,  no",
    })
    void aConditionChoosesThenForWhatExistsOrIsNotBlank(String field, String exists, String notBlank) {
        String branches = ":{\"@path\":\"$." + field + "\"},\"then\":\"yes\",\"else\":\"no\"}}";

        assertThat(in("{\"@if\":{\"exists\"" + branches).textValue()).isEqualTo(exists);
        assertThat(in("{\"@if\":{\"blank\"" + branches).textValue()).isEqualTo(notBlank);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"@if": {"blank": ["", ""], "then": 1, "else": 2}}                             | 1
            {"@if": {"blank": [[]], "then": 1, "else": 2}}                                 | 2
            {"@if": {"blank": [0], "then": 1, "else": 2}}                                  | 1
            {"@if": {"exists": {"@path": "$.none"}, "then": 1, "else": {"@if": {"exists": {"@path": "$.on"}, "then": 2}}}} | 2
            {"@if": {"exists": {"@path": "$.none"}, "then": 1}}                            |
            {"@if": {"exists": {"@path": "$.userId"}, "else": 1}}                          |
            {"@if": {"exists": {"@path": "$.userId"}, "then": null, "else": 1}}            |
            {"@if": {"exists": {"@path": "$.none"}, "then": 1, "else": false}}             | false
            {"@case": {"operator": "upper", "value": {"@path": "$.name"}}}                 | "ANN <B> ÖZ"
            {"@case": {"operator": "lower", "value": {"@path": "$.name"}}}                 | "ann <b> öz"
            {"@case": {"operator": "upper", "value": "straße"}}                            | "STRASSE"
            {"@case": {"operator": "lower", "value": "TITLE"}}                             | "title"
            {"@case": {"operator": "lower", "value": {"@path": "$.id"}}}                   | 12345678901234567890
            {"@case": {"operator": "lower", "value": {"@path": "$.traits"}}}               | {"plan":"pro","email":"a@example.com"}
            {"@case": {"operator": "lower", "value": {"@path": "$.none"}}}                 |
            {"@replace": {"pattern": "n", "replacement": "m", "value": "Nanna"}}           | "Namma"
            {"@replace": {"pattern": "n", "value": "Nanna"}}                               | "Naa"
            {"@replace": {"pattern": "n", "replacement": null, "value": "Nanna"}}          | "Naa"
            {"@replace": {"pattern": "n", "replacement": "m", "ignorecase": true, "value": "Nanna"}} | "mamma"
            {"@replace": {"pattern": "ö", "replacement": "o", "ignorecase": true, "value": "Öz"}} | "oz"
            {"@replace": {"pattern": "n", "replacement": "m", "global": false, "value": "Nanna"}}  | "Namna"
            {"@replace": {"pattern": "+", "replacement": "_", "value": "a+b+c"}}           | "a_b_c"
            {"@replace": {"pattern": "(a*)*$", "replacement": "x", "value": "(a*)*$"}}     | "x"
            {"@replace": {"pattern": "a", "replacement": "$&\\\\1", "value": "a"}}         | "$&\\\\1"
            {"@replace": {"pattern": "aa", "replacement": "a", "value": "aaaaa"}}          | "aaa"
            {"@replace": {"pattern": "a", "replacement": "b", "pattern2": "bb", "replacement2": "c", "value": "aab"}} | "cb"
            {"@replace": {"pattern": "a", "replacement": "b", "pattern2": "b", "value": "abc"}} | "c"
            {"@replace": {"pattern": "0", "replacement": "1", "value": {"@path": "$.id"}}} | "12345678911234567891"
            {"@replace": {"pattern": "a", "replacement": "A", "value": {"@path": "$.off"}}} | "fAlse"
            {"@replace": {"pattern": "a", "value": {"@path": "$.missing"}}}                | ""
            {"@replace": {"pattern": "a", "value": {"@path": "$.traits"}}}                 | ""
            {"@arrayPath": ["$.pair"]}                                                     | ["a","b"]
            {"@arrayPath": ["$.pair", {}]}                                                 | ["a","b"]
            {"@arrayPath": ["$.pair", null]}                                               | ["a","b"]
            {"@arrayPath": ["$.missing", {"a": 1}]}                                        |
            {"@arrayPath": ["$.userId", {"a": 1}]}                                         | "u1"
            {"@arrayPath": ["$.items", {"no": {"@path": "$.id"}, "t": {"@path": "$.tags[0]"}}]} | [{"no":1,"t":"t"},{},{},{}]
            {"@arrayPath": ["$.items", {"@path": "$.name"}]}                               | [null,"two",null,null]
            {"@arrayPath": ["$.properties", {"t": {"@path": "$.total"}}]}                  | [{"t":7}]
            {"@arrayPath": [{"@if": {"exists": {"@path": "$.pair"}, "then": {"@path": "$.pair"}}}, {"v": {"@path": "$."}}]} | [{"v":"a"},{"v":"b"}]
            {"@json": {"mode": "encode", "value": {"@path": "$.items[0]"}}}                | "{\\"id\\":1,\\"tags\\":[\\"t\\"]}"
            {"@json": {"mode": "encode", "value": {"@path": "$.userId"}}}                  | "\\"u1\\""
            {"@json": {"mode": "encode", "value": {"@path": "$.id"}}}                      | "12345678901234567890"
            {"@json": {"mode": "encode", "value": {"@path": "$.missing"}}}                 |
            {"@json": {"mode": "decode", "value": {"@path": "$.json"}}}                    | {"a":[1,12345678901234567890]}
            {"@json": {"mode": "decode", "value": {"@path": "$.broken"}}}                  | "{\\"a\\":"
            {"@json": {"mode": "decode", "value": {"@path": "$.two"}}}                     | "1 2"
            {"@json": {"mode": "decode", "value": {"@path": "$.empty"}}}                   | ""
            {"@json": {"mode": "decode", "value": "{\\"a\\": \\"\\\\ud800\\"}"}}                | "{\\"a\\": \\"\\\\ud800\\"}"
            {"@json": {"mode": "decode", "value": "{\\"a\\": \\"\\\\ud83d\\\\ude00\\"}"}} | {"a":"😀"}
            {"@json": {"mode": "decode", "value": "null"}}                                 |
            {"@json": {"mode": "decode", "value": {"@path": "$.pair"}}}                    | ["a","b"]
            {"@merge": {"objects": [{"@path": "$.traits"}, {"@path": "$.properties"}], "direction": "right"}} | {"plan":"free","email":"a@example.com","total":7}
            {"@merge": {"objects": [{"@path": "$.traits"}, {"@path": "$.properties"}], "direction": "left"}}  | {"plan":"pro","total":7,"email":"a@example.com"}
            {"@merge": {"objects": [{"@path": "$.none"}, {"@path": "$.pair"}, {"a": 1}], "direction": "right"}} | {"a":1}
            {"@merge": {"objects": [], "direction": "right"}}                              | {}
            {"@flatten": {"value": {"@path": "$.nested"}, "separator": "."}}               | {"a.b":1,"a.c.d":2,"list.0.e":3,"list.1":4,"x":"y","n":null}
            {"@flatten": {"value": {"@path": "$.nested"}, "separator": "_-", "omitArrays": true}} | {"a_-b":1,"a_-c_-d":2,"list":[{"e":3},4],"x":"y","n":null}
            {"@flatten": {"value": {"@path": "$.pair"}, "separator": "/"}}                 | {"0":"a","1":"b"}
            {"@flatten": {"value": {"@path": "$.pair"}, "separator": "/", "omitArrays": true}} | {"":["a","b"]}
            {"@flatten": {"value": {"@path": "$.userId"}, "separator": "/"}}               | {"":"u1"}
            {"@flatten": {"value": {"@path": "$.missing"}, "separator": "/"}}              | {}
            {"@flatten": {"value": {"@path": "$.none"}, "separator": "/"}}                 | {}
            """)
    void aDirectiveMakesAValue(String directive, String expected) {
        assertThat(in(directive)).isEqualTo(json(expected));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"@path": "$.nested.x"}                                             | $.nested.x
            {"@path": ["nested", "x"]}                                          | $['nested']['x']
            {"@path": ""}                                                       | $.
            {"@literal": 7}                                                     | the literal 7
            {"@template": "{{userId}}!"}                                        | the template {{userId}}!
            {"@if": {"blank": {"@path": "$.empty"}, "then": 1, "else": {"@path": "$.userId"}}} | $.userId
            {"@case": {"operator": "lower", "value": {"@path": "$.userId"}}}    | lower case of $.userId
            {"@case": {"operator": "upper", "value": {"@path": "$.userId"}}}    | upper case of $.userId
            {"@replace": {"pattern": "a", "replacement": "b", "pattern2": "c", "value": {"@path": "$.userId"}}} | $.userId with 'a' replaced by 'b' with 'c' replaced by ''
            {"@arrayPath": ["$.pair"]}                                          | $.pair
            {"@arrayPath": ["$.items", {"a": 1}]}                               | the items of $.items
            {"@json": {"mode": "encode", "value": {"@path": "$.traits"}}}       | the JSON of $.traits
            {"@json": {"mode": "decode", "value": {"@path": "$.json"}}}         | the JSON in $.json
            {"@json": {"mode": "decode", "value": {"@path": "$.broken"}}}       | $.broken, which is not valid JSON
            {"@merge": {"objects": [{"@path": "$.a"}, {"@path": "$.b"}], "direction": "left"}} | $.b and $.a, merged
            {"@flatten": {"value": {"@path": "$.nested"}, "separator": "."}}    | $.nested, flattened
            {"a": 1, "b": 2}                                                    | an object of the fields a, b
            {"@literal": [1, 2]}                                                | an array of 2
            """)
    void aValueSaysWhereItComesFrom(String value, String origin) {
        assertThat(MappingValue.compile(value).from(json(EVENT))).isEqualTo(origin);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"@liquid": "{{ userId }}"}                          | has the directive @liquid, which is not supported; supported are @path, @template, @if,
            {"@transform": {"apply": {}, "mapping": {}}}         | has the directive @transform, which is not supported
            {"@Path": "$.userId"}                                | has the directive @Path, which is not supported
            {"@if": {"exists": {"@path": "$.a"}, "then": {"@liquid": 1}}} | has the directive @liquid, which is not supported
            {"a": [{"b": {"@transform": 1}}]}                    | has the directive @transform, which is not supported
            {"@path": "$.a", "b": 1}                             | has the directive @path together with b, but a directive must be alone in its object
            {"@path": "$.a", "@template": "b"}                   | has the directive @path together with @template, but
            {"@path": 7}                                         | has the directive @path, which needs a path, such as $.traits.email, or an array of names
            {"@path": {"@path": "$.a"}}                          | has the directive @path, which needs a path
            {"@path": []}                                        | has the directive @path, which needs a path
            {"@path": ["a", 7]}                                  | has the directive @path, which needs a path
            {"@path": null}                                      | has the directive @path, which needs a path
            {"@template": {"@path": "$.a"}}                      | has the directive @template, which needs a text
            {"@template": null}                                  | has the directive @template, which needs a text
            {"@template": "{{a..b}}"}                            | is not a path: a name is missing
            {"@template": "{{ }}"}                               | is not a path: a name is missing
            {"@if": {"then": 1}}                                 | has the directive @if, which needs either exists or blank, and may have then and else
            {"@if": {"exists": 1, "blank": 1, "then": 1}}        | has the directive @if, which needs either exists or blank
            {"@if": {"exists": 1, "than": 1}}                    | has the directive @if, which needs either exists or blank
            {"@if": "exists"}                                    | has the directive @if, which needs either exists or blank
            {"@if": null}                                        | has the directive @if, which needs either exists or blank
            {"@case": {"operator": "title", "value": "a"}}       | has the directive @case, which needs operator, which is lower or upper, and value
            {"@case": {"value": "a"}}                            | has the directive @case, which needs operator
            {"@case": {"operator": "lower"}}                     | has the directive @case, which needs operator
            {"@case": "lower"}                                   | has the directive @case, which needs operator
            {"@replace": {"value": "a"}}                         | has the directive @replace, which needs pattern, a text that is not empty, and value
            {"@replace": {"pattern": "", "value": "a"}}          | has the directive @replace, which needs pattern
            {"@replace": {"pattern": 7, "value": "a"}}           | has the directive @replace, which needs pattern
            {"@replace": {"pattern": "a"}}                       | has the directive @replace, which needs pattern
            {"@replace": {"pattern": "a", "value": "a", "global": "no"}}     | has the directive @replace, which needs pattern
            {"@replace": {"pattern": "a", "value": "a", "ignoreCase": true}} | has the directive @replace, which needs pattern
            {"@replace": {"pattern": "a", "value": "a", "replacement": 7}}   | has the directive @replace, which needs pattern
            {"@arrayPath": "$.a"}                                | has the directive @arrayPath, which needs an array of a path or directive
            {"@arrayPath": []}                                   | has the directive @arrayPath, which needs an array
            {"@arrayPath": [7]}                                  | has the directive @arrayPath, which needs an array
            {"@arrayPath": ["$.a", "$.b"]}                       | has the directive @arrayPath, which needs an array
            {"@arrayPath": ["$.a", {}, {}]}                      | has the directive @arrayPath, which needs an array
            {"@json": {"mode": "parse", "value": "a"}}           | has the directive @json, which needs mode, which is encode or decode, and value
            {"@json": {"mode": "encode"}}                        | has the directive @json, which needs mode
            {"@merge": {"objects": {}, "direction": "left"}}     | has the directive @merge, which needs objects, an array, and direction, which is left or right
            {"@merge": {"objects": []}}                          | has the directive @merge, which needs objects
            {"@flatten": {"value": {"@path": "$.a"}}}            | has the directive @flatten, which needs value and separator, a text that is not empty
            {"@flatten": {"value": {"@path": "$.a"}, "separator": ""}} | has the directive @flatten, which needs value
            {"@flatten": {"separator": "."}}                     | has the directive @flatten, which needs value
            """)
    void aWrongDirectiveIsRefusedWithWhatItNeeds(String directive, String problem) {
        assertThatThrownBy(() -> MappingValue.compile(directive))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(problem);
    }

    @Test
    void namesLongerThanAnyFieldAreNotMadeByFlattening() {
        String longName = "n".repeat(499);
        String event = "{\"o\":{\"" + longName + "\":{\"\":1,\"x\":2},\"short\":3}}";

        assertThat(MappingValue.compile("{\"@flatten\":{\"value\":{\"@path\":\"$.o\"},\"separator\":\".\"}}")
                        .in(json(event)))
                .isEqualTo(json("{\"" + longName + ".\":1,\"short\":3}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"@json\":{\"mode\":\"encode\",\"value\":{\"@path\":\"$.\"}}}",
                "{\"@template\":\"{{deep}}\"}",
                "{\"@flatten\":{\"value\":{\"@path\":\"$.deep\"},\"separator\":\".\"}}",
                "{\"@json\":{\"mode\":\"decode\",\"value\":{\"@path\":\"$.text\"}}}",
                "{\"@if\":{\"blank\":{\"@path\":\"$.deep\"},\"then\":1}}",
            })
    void noDepthOfAnEventIsTooMuch(String directive) {
        int depth = 5000;
        String text = "[".repeat(depth) + "]".repeat(depth);
        JsonNode deep = MappingJson.object();
        for (int i = 0; i < depth; i++) {
            deep = MappingJson.object().set("d", deep);
        }
        JsonNode event = MappingJson.object().put("text", text).set("deep", deep);

        MappingValue.compile(directive).in(event);
    }

    @Test
    void aConfiguredValueThatIsNestedTooDeeplyIsRefused() {
        String nested = String.join("", Collections.nCopies(600, "{\"@literal\":")) + "1" + "}".repeat(600);

        assertThatThrownBy(() -> MappingValue.compile(nested))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("is not valid JSON: ");
    }

    private static JsonNode in(String value) {
        return MappingValue.compile(value).in(json(EVENT));
    }

    private static JsonNode json(String text) {
        try {
            return text == null ? null : MappingJson.read(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
