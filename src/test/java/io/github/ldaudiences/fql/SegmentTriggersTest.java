package io.github.ldaudiences.fql;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.fixture.GoldenLines;
import io.github.ldaudiences.fixture.GoldenLines.Line;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A trigger selects the events that it selects in Segment. */
@Tag("mapping")
class SegmentTriggersTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<Line> LINES = GoldenLines.of("segment-triggers.txt");
    private static final List<String> VALUES = LINES.get(0).resultWords();

    static Stream<Line> triggers() {
        return LINES.stream().skip(1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("triggers")
    void aTriggerSelectsWhatItSelectsInSegment(Line line) {
        Predicate<JsonNode> trigger = Fql.compile(line.subject());

        assertThat(VALUES.stream().filter(value -> trigger.test(event(value))))
                .containsExactlyElementsOf(line.resultWords());
        assertThat(Fql.differences(line.subject())).isEmpty();
    }

    /** The event of which the first lines of the file tell. */
    private static JsonNode event(String value) {
        String event = """
                {"type":V,"event":V,"name":V,"userId":V,"properties":{"v":V,"deep":{"er":{"v":V}}},"traits":{"v":V},
                 "context":{"a":{"v":V}}}
                """;
        try {
            return JSON.readTree("absent".equals(value) ? "{}" : event.replace("V", value));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
