package io.github.ldaudiences.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.fixture.GoldenLines;
import io.github.ldaudiences.fixture.GoldenLines.Line;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A mapping value gives what it gives in Segment. */
@Tag("mapping")
class SegmentValuesTest {

    private static final List<Line> LINES = GoldenLines.of("segment-values.txt");

    static Stream<Line> values() {
        return LINES.stream().skip(1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("values")
    void aValueGivesWhatItGivesInSegment(Line line) throws JsonProcessingException {
        JsonNode event = MappingJson.read(LINES.get(0).result());
        JsonNode expected = "nothing".equals(line.result()) ? null : MappingJson.read(line.result());

        assertThat(MappingValue.compile(line.subject()).in(event)).isEqualTo(expected);
    }
}
