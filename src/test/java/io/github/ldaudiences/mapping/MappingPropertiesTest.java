package io.github.ldaudiences.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.ReadEvents;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.SegmentEvent;
import io.github.ldaudiences.event.TooManyEventsException;
import io.github.ldaudiences.event.UnreadableBodyException;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.RandomJson;
import io.github.ldaudiences.fql.Fql;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** What holds for any event and any mapping, tried with random ones. */
class MappingPropertiesTest {

    private static final EventReader READER = new EventReader(1000, 65_536, 100);
    private static final Predicate<JsonNode> TRIGGER = Fql.compile("type = \"identify\" or type = \"track\"");

    private final Receipt receipt = new Receipt(new Backlog(1_000_000, Long.MAX_VALUE), Duration.ofMinutes(1));

    @Property(tries = 1500, seed = "20260101", edgeCases = EdgeCasesMode.NONE)
    void anEventBecomesAValidMemberOrIsRejectedWithAReasonOrIsNotForUs(
            @ForAll("events") ObjectNode json, @ForAll("mappings") Mapping mapping) throws TooManyEventsException {
        ReadEvents read;
        try {
            read = READER.readJson(json.toString().getBytes(StandardCharsets.UTF_8), receipt, AudienceEvent.SOURCE);
        } catch (UnreadableBodyException e) {
            assertThat(e.getMessage()).isNotBlank();
            return;
        }
        read.unreadable().forEach(event -> assertThat(event.reason()).isNotBlank());
        for (EventOrigin origin : read.events()) {
            ObjectNode parsed = origin.parse();
            if (parsed != null && TRIGGER.test(parsed) && new ComputationClassFilter(mapping).passes(parsed)) {
                map(new SegmentEvent(parsed, origin), mapping);
            }
        }
    }

    private static void map(SegmentEvent event, Mapping mapping) {
        try {
            MembershipChange change = new AudienceMapper(mapping).map(event);
            assertThat(change.contextKey()).isNotEmpty().hasSizeLessThanOrEqualTo(500);
            assertThat(change.audienceKey()).isNotEmpty().hasSizeLessThanOrEqualTo(500);
            assertThat(change.audience().id()).isNotEmpty().hasSizeLessThanOrEqualTo(500);
            assertThat(change.audience().contextKind())
                    .matches("[A-Za-z0-9._-]{1,500}")
                    .isNotIn("kind", "multi");
        } catch (UnmappableEventException e) {
            assertThat(e.getMessage()).matches("(?s)[a-z_]+: .+\\.");
        }
    }

    @Property(tries = 1500, seed = "20260101", edgeCases = EdgeCasesMode.NONE)
    void aValueIsFoundInAnyJsonWithoutAnException(
            @ForAll("mappingValues") JsonNode value, @ForAll("eventsAndOtherJson") JsonNode event) {
        MappingValue compiled = MappingValueParser.compile(value);

        JsonNode found = compiled.in(event);

        assertThat(found == null || !found.isNull()).as("null counts as none").isTrue();
        assertThat(compiled.from(event)).isNotEmpty();
    }

    @Provide
    Arbitrary<ObjectNode> events() {
        return RandomJson.events();
    }

    @Provide
    Arbitrary<JsonNode> mappingValues() {
        return RandomJson.mappingValues();
    }

    @Provide
    Arbitrary<JsonNode> eventsAndOtherJson() {
        return Arbitraries.oneOf(RandomJson.events().map(JsonNode.class::cast), RandomJson.values());
    }

    @Provide
    Arbitrary<Mapping> mappings() {
        Arbitrary<MappingValue[]> ids = values(
                "$.context.personas.computation_id",
                "$.context.personas.computation_key",
                "$.context.personas.computation_class",
                "user",
                "$.userId",
                "$.anonymousId",
                "$.traits.email",
                "",
                "");
        return Combinators.combine(ids, Arbitraries.of(ContextKeyPriority.class), Arbitraries.of(MembershipMode.class))
                .as((values, priority, membership) -> new Mapping(
                        "random",
                        MappingPreset.SYNC_ENGAGE_AUDIENCE,
                        "launchdarkly",
                        "",
                        Set.of("audience", "journey_step"),
                        values[0],
                        values[1],
                        values[2],
                        values[3],
                        values[4],
                        values[5],
                        values[6],
                        priority,
                        values[7],
                        values[8],
                        true,
                        membership,
                        "identifier"));
    }

    /** Mostly the defaults, so that most events come far. */
    private static Arbitrary<MappingValue[]> values(String... defaults) {
        Arbitrary<MappingValue> other = RandomJson.mappingValues().map(MappingValueParser::compile);
        return Combinators.combine(Arrays.stream(defaults)
                        .map(text -> Arbitraries.frequencyOf(
                                Tuple.of(7, Arbitraries.just(MappingValue.compile(text))), Tuple.of(1, other)))
                        .toList())
                .as(list -> list.toArray(MappingValue[]::new));
    }
}
