package io.github.ldaudiences.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("mapping")
class MemberListsTest {

    @ParameterizedTest(name = "{0} of {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '#', nullValues = "-", textBlock = """
            $.u[*]          | {"u":[1,{"i":2},null,[3]],"c":4}     | u[0] {"c":4,"u":1}; u[1] {"c":4,"u":{"i":2}}; u[2] {"c":4,"u":null}; u[3] {"c":4,"u":[3]}
            $.u[*]          | {"u":[]}                             | -
            $.u[*]          | {"u":null}                           | -
            $.u[*]          | {}                                   | -
            $.u[*]          | {"u":{"i":1}}                        | u: expected an array, found an object.
            $.u[*]          | {"u":"x"}                            | u: expected an array, found "x".
            $.d.u[*]        | {"d":{"u":[1],"e":2},"c":3}          | d.u[0] {"d":{"e":2,"u":1},"c":3}
            $.d.u[*]        | {"d":{}}                             | -
            $.d.u[*]        | {}                                   | d: expected an object, found nothing.
            $.d.u[*]        | {"d":null}                           | d: expected an object, found null.
            $.d.u[*]        | {"d":[]}                             | d: expected an object, found an array of 0.
            $.p[*].a[*]     | {"p":[{"i":1,"a":[2,3]},{"a":[4]}]}  | p[0].a[0] {"p":{"i":1,"a":2}}; p[0].a[1] {"p":{"i":1,"a":3}}; p[1].a[0] {"p":{"a":4}}
            $.p[*].a[*]     | {"p":[{"i":1},7,{"a":5},{"a":[6]}]}  | p[1]: expected an object, found 7.; p[2].a: expected an array, found 5.; p[3].a[0] {"p":{"a":6}}
            $.p[*].q.a[*]   | {"p":[{"q":{"a":[1]}},{"q":2}]}      | p[0].q.a[0] {"p":{"q":{"a":1}}}; p[1].q: expected an object, found 2.
            $.x[*],$.y[*]   | {"y":[1],"x":[2,3],"z":[4]}          | x[0] {"z":[4],"x":2}; x[1] {"z":[4],"x":3}; y[0] {"z":[4],"y":1}
            $.x[*],$.y[*]   | {"y":[1],"x":5}                      | x: expected an array, found 5.; y[0] {"y":1}
            $['a.b']['c'][*] | {"a.b":{"c":[1]}}                   | a.b.c[0] {"a.b":{"c":1}}
            """)
    void theEventIsReadOnceForEachPersonInPlaceOfTheList(String paths, String event, String expected) throws Exception {
        JsonNode json = new ObjectMapper().readTree(event);
        List<String> read = new ArrayList<>();

        MemberLists.parse(paths)
                .read(json, (view, list, index) -> read.add(list + '[' + index + "] " + view), read::add);

        assertThat(String.join("; ", read)).isEqualTo(expected == null ? "" : expected);
        assertThat(json).as("others read it, too").isEqualTo(new ObjectMapper().readTree(event));
    }
}
