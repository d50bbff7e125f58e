package io.github.ldaudiences.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.event.EventChunk;
import io.github.ldaudiences.event.SegmentEvent;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.ConfiguredMapping;
import io.github.ldaudiences.fql.Fql;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("mapping")
class EventKindsTest {

    private static final String CLASS = "$.context.personas.computation_class";

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "\"audience\"       | true",
                "[\"audience\"]     | true",
                "\"journey_step\"   | false",
                "\"Audience\"       | false",
                "\"trait\"          | false",
                "\"\"               | false",
                "null               | false",
                "true               | false",
                "{}                 | false",
                "[]                 | false",
                "[\"audience\",1]   | false",
            })
    void onlyTheConfiguredComputationClassesPass(String found, boolean passes) {
        ObjectNode event = event("{\"context\":{\"personas\":{\"computation_class\":" + found + "}}}");

        assertThat(passes(event, CLASS, "audience")).isEqualTo(passes);
    }

    @Test
    void journeyStepsPassWhereTheyAreConfigured() {
        ObjectNode step = event("{\"context\":{\"personas\":{\"computation_class\":\"journey_step\"}}}");

        assertThat(passes(step, CLASS, "audience", "journey_step")).isTrue();
        assertThat(passes(AudienceEvent.entered("u1").json(), CLASS, "audience", "journey_step"))
                .isTrue();
        assertThat(passes(AudienceEvent.entered("u1").json(), CLASS, "journey_step"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}",
                "{\"context\":null}",
                "{\"context\":\"text\"}",
                "{\"context\":{\"personas\":null}}",
                "{\"context\":{\"personas\":[]}}",
                "{\"type\":\"track\",\"event\":\"Order Completed\",\"context\":{\"ip\":\"127.0.0.1\"}}"
            })
    void aCallOfNoComputationIsNotForUs(String event) {
        assertThat(passes(event(event), CLASS, "audience")).isFalse();
    }

    @Test
    void theClassMayBeALiteralForEventsThatNameNone() {
        assertThat(passes(event("{}"), "audience", "audience")).isTrue();
    }

    @ParameterizedTest(name = "{0} takes {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "add    | \"new\"     | true",
                "add    | \"updated\" | false",
                "add    | \"deleted\" | false",
                "update | \"new\"     | false",
                "update | \"updated\" | true",
                "update | \"deleted\" | false",
                "upsert | \"new\"     | true",
                "upsert | \"updated\" | true",
                "upsert | \"deleted\" | false",
                "delete | \"new\"     | false",
                "delete | \"updated\" | false",
                "delete | \"deleted\" | true",
                "mirror | \"new\"     | true",
                "mirror | \"updated\" | true",
                "mirror | \"deleted\" | true",
                "mirror | \"New\"     | false",
                "mirror | \"\"        | false",
                "mirror | null        | false",
                "mirror | 17          | false",
                "mirror | {}          | false",
                "mirror | [\"new\",1] | false",
            })
    void onlyTheEventsOfTheSyncModePassAndItsTriggerSelectsTheSame(String mode, String name, boolean passes) {
        Mapping mapping = ConfiguredMapping.of(
                "preset", "reverse-etl",
                "sync-mode", mode,
                "segment-audience-id", "id",
                "segment-audience-key", "key");
        ObjectNode event = event("{\"type\":\"track\",\"event\":" + name + "}");

        assertThat(passes(event, mapping)).isEqualTo(passes);
        assertThat(Fql.compile(mapping.events().trigger()).test(event)).isEqualTo(passes);
        assertThat(Fql.compile(mapping.events().trigger()).test(event.put("type", "identify")))
                .isFalse();
    }

    private static boolean passes(ObjectNode event, String computationClass, String... wanted) {
        return passes(
                event,
                ConfiguredMapping.of(
                        "segment-computation-action",
                        computationClass,
                        "computation-classes",
                        String.join(",", wanted)));
    }

    private static boolean passes(ObjectNode event, Mapping mapping) {
        EventKinds kinds = new EventKinds(mapping.events());
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.getMessage().setBody(new EventChunk(List.of(new SegmentEvent(event, null))));
        EventChunk left = (EventChunk) kinds.evaluate(exchange);
        assertThat(left.events().size() + left.skipped()).isEqualTo(1);
        assertThat(kinds.passes(event)).isEqualTo(left.skipped() == 0);
        return left.skipped() == 0;
    }

    private static ObjectNode event(String json) {
        try {
            return (ObjectNode) new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
