package io.github.ldaudiences.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventLimits;
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
import io.github.ldaudiences.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;

/** What holds for any event and any mapping, tried with random ones. */
@Tag("mapping")
class MappingPropertiesTest {

    private static final EventLimits LIMITS = new EventLimits(1000, 65_536, 100);
    private static final EventReader READER = new EventReader(LIMITS);

    /** Reads whole events as a plain Jackson program would. */
    private static final ObjectMapper REFERENCE = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final Predicate<JsonNode> TRIGGER = Fql.compile("type = \"identify\" or type = \"track\"");

    private static final List<String> TRIGGERS = List.of(
            "type = \"identify\" or type = \"track\"",
            "type != \"page\" and !contains(context.personas.computation_key, \"x\")",
            "userId = null or traits.email != \"\" or properties.vip = true",
            "context.traits.email != \"none\" and traits.0.a != 1");

    private static final List<MemberLists> MEMBERS = Stream.of(
                    "",
                    "",
                    "$.traits[*]",
                    "$.properties.0[*],$.properties.a[*]",
                    "$.context.personas[*].computation_id[*]",
                    "$.userId[*],$.anonymousId[*]")
            .map(MemberLists::parse)
            .toList();

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
        read.unreadable().forEach(event -> assertThat(event.problem().reason()).isNotBlank());
        for (SegmentEvent event : read.events()) {
            EventOrigin origin = event.origin();
            ObjectNode parsed = origin.parse();
            if (TRIGGER.test(parsed) && new EventKinds(mapping.events()).passes(parsed)) {
                map(new SegmentEvent(parsed, origin), mapping);
            }
        }
    }

    @Property(tries = 3000, seed = "20260101", edgeCases = EdgeCasesMode.NONE)
    void whatIsReadOfAnEventLeadsToTheSameAsTheWholeEvent(
            @ForAll("events") ObjectNode event,
            @ForAll("events") ObjectNode again,
            @ForAll("eventsAndOtherJson") JsonNode context,
            @ForAll("mappings") Mapping mapping,
            @ForAll boolean batched)
            throws Exception {
        String body = batched
                ? "{\"batch\":[" + event + "," + twice(again, event) + "],\"context\":" + context + "}"
                : "[" + twice(event, again) + "," + event + "]";
        EventReader projected = new EventReader(LIMITS, MappingProjection.of(List.of(mapping), false));

        List<String> wholes = new ArrayList<>();
        List<String> reads = new ArrayList<>();
        for (SegmentEvent whole : read(READER, body, wholes)) {
            ObjectNode reference =
                    (ObjectNode) REFERENCE.readTree(whole.origin().original());
            if (batched && context.isObject()) {
                share(REFERENCE.readTree(bytes("{\"context\":" + context + "}")), reference);
            }
            assertThat(whole.parsed().json()).isEqualTo(reference);
            wholes.add(outcome(new SegmentEvent(reference, whole.origin()), mapping));
        }
        read(projected, body, reads).forEach(read -> reads.add(outcome(read.parsed(), mapping)));

        assertThat(reads).isEqualTo(wholes);
    }

    /** Fields that both have are there twice. */
    private static String twice(ObjectNode one, ObjectNode other) {
        String first = one.toString();
        String second = other.toString();
        return one.isEmpty() || other.isEmpty()
                ? first
                : first.substring(0, first.length() - 1) + "," + second.substring(1);
    }

    private List<SegmentEvent> read(EventReader reader, String body, List<String> problems) throws Exception {
        try {
            ReadEvents read = reader.readJson(bytes(body), receipt, AudienceEvent.SOURCE);
            read.unreadable()
                    .forEach(unreadable -> problems.add(unreadable.problem().reason()));
            return read.events();
        } catch (UnreadableBodyException e) {
            problems.add(e.getMessage());
            return List.of();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What an event says itself wins; null counts as saying nothing. */
    private static void share(JsonNode shared, ObjectNode event) {
        shared.properties().forEach(field -> {
            JsonNode own = event.get(field.getKey());
            if (own == null || own.isNull()) {
                event.set(field.getKey(), field.getValue());
            } else if (own.isObject() && field.getValue().isObject()) {
                share(field.getValue(), (ObjectNode) own);
            }
        });
    }

    private static String outcome(SegmentEvent event, Mapping mapping) {
        if (!Fql.compile(mapping.events().trigger()).test(event.json())
                || !new EventKinds(mapping.events()).passes(event.json())) {
            return "skipped";
        }
        List<MembershipChange> changes = new ArrayList<>();
        Problem problem = new AudienceMapper(mapping).map(event, changes, MappingTrace.NONE);
        return changes.stream()
                        .map(change -> change.stateKey() + change.audienceKey() + change.member() + change.eventTime())
                        .toList()
                + ": " + problem;
    }

    private static void map(SegmentEvent event, Mapping mapping) {
        List<MembershipChange> changes = new ArrayList<>();
        Problem problem = new AudienceMapper(mapping).map(event, changes, MappingTrace.NONE);
        if (problem != null) {
            assertThat(problem.reason()).matches("(?s)[a-z_A-Z.0-9\\[\\]]+: .+\\.");
        }
        for (MembershipChange change : changes) {
            assertThat(change.contextKey()).isNotEmpty().hasSizeLessThanOrEqualTo(500);
            assertThat(change.audienceKey()).isNotEmpty().hasSizeLessThanOrEqualTo(500);
            assertThat(change.audience().id()).isNotEmpty().hasSizeLessThanOrEqualTo(500);
            assertThat(change.audience().contextKind())
                    .matches("[A-Za-z0-9._-]{1,500}")
                    .isNotIn("kind", "multi");
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
        return Combinators.combine(eventSelections(), audienceFields(), personFields(), membershipFields())
                .as((events, audience, person, membership) -> new Mapping(
                        "random", "launchdarkly", events, audience, person, membership, MappingValue.NONE, true));
    }

    private static Arbitrary<EventSelection> eventSelections() {
        Arbitrary<MappingPreset> presets = Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.just(MappingPreset.RUDDERSTACK_AUDIENCE_LIST)),
                Tuple.of(1, Arbitraries.just(MappingPreset.REVERSE_ETL)),
                Tuple.of(5, Arbitraries.just(MappingPreset.SYNC_ENGAGE_AUDIENCE)));
        return Combinators.combine(presets, Arbitraries.of(TRIGGERS), mostly("$.context.personas.computation_class"))
                .as((preset, trigger, action) -> new EventSelection(
                        preset, trigger, Set.of("audience", "journey_step"), action, SyncMode.MIRROR));
    }

    private static Arbitrary<AudienceFields> audienceFields() {
        return Combinators.combine(
                        mostly("$.context.personas.computation_id"),
                        mostly("$.context.personas.computation_key"),
                        mostly("user"))
                .as(AudienceFields::new);
    }

    private static Arbitrary<PersonFields> personFields() {
        return Combinators.combine(
                        Arbitraries.of(ContextKeyPriority.class),
                        mostly("$.userId"),
                        mostly("$.anonymousId"),
                        mostly("$.traits.email"),
                        Arbitraries.of(MEMBERS))
                .as(PersonFields::new);
    }

    private static Arbitrary<MembershipFields> membershipFields() {
        return Combinators.combine(Arbitraries.of(MembershipMode.class), mostly(""), mostly(""))
                .as(MembershipFields::new);
    }

    /** Mostly the default, so that most events come far. */
    private static Arbitrary<MappingValue> mostly(String byDefault) {
        return RandomJson.once(Arbitraries.frequencyOf(
                Tuple.of(7, RandomJson.once(Arbitraries.just(MappingValue.compile(byDefault)))),
                Tuple.of(1, RandomJson.once(RandomJson.mappingValues().map(MappingValueParser::compile)))));
    }
}
