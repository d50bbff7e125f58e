package io.github.ldaudiences.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.ldaudiences.fixture.ConfiguredMapping;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of paths, as a setting has them. */
@Tag("mapping")
class EventPathTest {

    @Test
    void pathsHaveTheSyntaxOfMappingsAndCommasBetween() {
        assertThat(EventPath.parseList(" $.traits.email,$.a['b, c'][0] , $['d'].e"))
                .extracting(EventPath::steps)
                .containsExactly(List.of("traits", "email"), List.of("a", "b, c", "0"), List.of("d", "e"));
        assertThat(EventPath.parseList(" ")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"traits.email", "$.a,", ",$.a", "$", "$.a..b", "$.a['b", "$.a['b, $.c", "$.a[x]", "$.a, b", "$a"
            })
    void whatIsNoPathIsNamed(String paths) {
        assertThatThrownBy(() -> EventPath.parseList(paths))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("'.*' is not a path: .*");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '#', textBlock = """
            members=$.users[*]&segment-user-id=$.users.id | {"users":[{"id":"a","n":1},{"id":"b"}]} | {"users":[{"id":"?","n":1},{"id":"?"}]}
            preset=rudderstack-audience-list&segment-audience-id=a&segment-audience-key=a | {"properties":{"listData":{"add":[{"identifier":"a","n":1}],"remove":[{"identifier":"b"}]}}} | {"properties":{"listData":{"add":[{"identifier":"?","n":1}],"remove":[{"identifier":"?"}]}}}
            """)
    void theContextKeysOfListsAreThoseOfTheirItems(String properties, String event, String concealed) throws Exception {
        ObjectNode json = (ObjectNode) new ObjectMapper().readTree(event);

        ConfiguredMapping.of(properties.split("[=&]"))
                .person()
                .contextKeyPlaces()
                .forEach(place -> place.replaceIn(json, value -> TextNode.valueOf("?")));

        assertThat(json.toString()).isEqualTo(concealed);
    }
}
