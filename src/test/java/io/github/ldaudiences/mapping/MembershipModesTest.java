package io.github.ldaudiences.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.fixture.ConfiguredMapping;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an event says of a membership, in each mode side by side. */
@Tag("mapping")
class MembershipModesTest {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final Membership STRICT = mode("strict");
    private static final Membership SEGMENT = mode("segment");
    private static final Membership CORE = mode("segment-core");

    @ParameterizedTest(name = "{0} {1} with properties {2} and traits {3}: strict {4}, segment {5}, segment-core {6}")
    @CsvSource(delimiter = '|', quoteCharacter = '#', nullValues = "-", textBlock = """
            # what is under the audience key, vip, in the properties of a track
            audience     | track    | {"vip":true}           | -             | add    | add    | add
            audience     | track    | {"vip":false}          | -             | remove | remove | remove
            audience     | track    | {"vip":"true"}         | -             | add    | add    | reject
            audience     | track    | {"vip":"false"}        | -             | remove | add    | reject
            audience     | track    | {"vip":"True"}         | -             | reject | add    | reject
            audience     | track    | {"vip":"0"}            | -             | reject | add    | reject
            audience     | track    | {"vip":" "}            | -             | reject | add    | reject
            audience     | track    | {"vip":""}             | -             | reject | remove | reject
            audience     | track    | {"vip":null}           | -             | reject | remove | reject
            audience     | track    | {"other":true}         | -             | reject | remove | reject
            audience     | track    | {"vip":0}              | -             | reject | remove | reject
            audience     | track    | {"vip":-0}             | -             | reject | remove | reject
            audience     | track    | {"vip":0.0}            | -             | reject | remove | reject
            audience     | track    | {"vip":1e-400}         | -             | reject | remove | reject
            audience     | track    | {"vip":1}              | -             | reject | add    | reject
            audience     | track    | {"vip":-1}             | -             | reject | add    | reject
            audience     | track    | {"vip":0.1}            | -             | reject | add    | reject
            audience     | track    | {"vip":1e400}          | -             | reject | add    | reject
            audience     | track    | {"vip":[]}             | -             | reject | add    | reject
            audience     | track    | {"vip":[false]}        | -             | reject | add    | reject
            audience     | track    | {"vip":{}}             | -             | reject | add    | reject
            # where the key is
            audience     | identify | -                      | {"vip":true}  | add    | add    | add
            audience     | identify | -                      | {"vip":false} | remove | remove | remove
            audience     | identify | -                      | {"vip":"yes"} | reject | add    | reject
            audience     | identify | {}                     | {"vip":true}  | add    | remove | add
            audience     | identify | {"vip":false}          | {"vip":true}  | remove | remove | add
            audience     | identify | {"vip":true}           | {}            | add    | add    | reject
            audience     | identify | null                   | {"vip":true}  | add    | add    | add
            audience     | identify | -                      | -             | reject | reject | reject
            audience     | identify | "vip"                  | {"vip":true}  | add    | reject | add
            audience     | identify | -                      | "vip"         | reject | reject | reject
            audience     | track    | {}                     | {"vip":true}  | add    | remove | reject
            audience     | track    | "vip"                  | -             | reject | reject | reject
            audience     | page     | {"vip":true}           | -             | add    | add    | reject
            audience     | -        | {"vip":true}           | -             | add    | add    | reject
            audience     | 17       | {"vip":true}           | -             | add    | add    | reject
            # steps of journeys
            journey_step | track    | {"journey_context":{}} | -             | add    | add    | add
            journey_step | identify | -                      | {}            | add    | add    | add
            journey_step | track    | {"vip":true}           | -             | add    | add    | add
            journey_step | track    | {"vip":false}          | -             | remove | remove | remove
            journey_step | track    | {"vip":"false"}        | -             | remove | add    | add
            journey_step | track    | {"vip":"maybe"}        | -             | reject | add    | add
            journey_step | track    | {"vip":null}           | -             | add    | remove | add
            journey_step | track    | -                      | -             | add    | reject | add
            journey_step | page     | -                      | -             | add    | reject | reject
            """)
    void theModeDecidesWhatAnEventSays(
            String computationClass,
            String type,
            String properties,
            String traits,
            String strict,
            String segment,
            String core)
            throws Exception {
        ObjectNode event = JSON.createObjectNode();
        event.withObject("/context/personas").put("computation_class", computationClass);
        set(event, "type", "17".equals(type) || type == null ? type : '"' + type + '"');
        set(event, "properties", properties);
        set(event, "traits", traits);

        assertThat(in(STRICT, event, "vip")).isEqualTo(strict);
        assertThat(in(SEGMENT, event, "vip")).isEqualTo(segment);
        assertThat(in(CORE, event, "vip")).isEqualTo(core);
    }

    @ParameterizedTest
    @CsvSource({"constructor", "toString", "valueOf", "hasOwnProperty", "__proto__"})
    void whatEveryObjectHasInJavaScriptAddsInSegmentModeUnlessTheEventSaysOtherwise(String key) throws Exception {
        JsonNode silent = JSON.readTree("{\"type\":\"identify\",\"traits\":{}}");
        JsonNode left = JSON.readTree("{\"type\":\"identify\",\"traits\":{\"" + key + "\":false}}");

        assertThat(in(SEGMENT, silent, key)).isEqualTo("add");
        assertThat(in(STRICT, silent, key)).isEqualTo("reject");
        assertThat(in(CORE, silent, key)).isEqualTo("reject");
        for (Membership membership : new Membership[] {STRICT, SEGMENT, CORE}) {
            assertThat(in(membership, left, key)).isEqualTo("remove");
        }
    }

    private static String in(Membership membership, JsonNode event, String audienceKey) {
        try {
            return membership.of(event, audienceKey, MappingTrace.NONE).name().toLowerCase(Locale.ROOT);
        } catch (UnmappableEventException e) {
            assertThat(e).hasMessageMatching("(traits_or_props|type): expected .+, found .+\\.");
            return "reject";
        }
    }

    private static Membership mode(String membership) {
        return Membership.of(ConfiguredMapping.of("membership", membership));
    }

    private static void set(ObjectNode event, String field, String json) throws Exception {
        if (json != null) {
            event.set(field, JSON.readTree(json));
        }
    }
}
