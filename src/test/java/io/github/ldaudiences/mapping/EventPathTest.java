package io.github.ldaudiences.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of paths, as a setting has them. */
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
}
