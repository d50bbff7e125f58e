package io.github.ldaudiences.mapping;

import static io.github.ldaudiences.fixture.AudienceEvent.SOURCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventChunk;
import io.github.ldaudiences.event.EventLimits;
import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.RejectedEvent;
import io.github.ldaudiences.event.SegmentEvent;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.ConfiguredMapping;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("mapping")
class AudienceMapperTest {

    private final Receipt receipt = new Receipt(new Backlog(1_000_000, Long.MAX_VALUE), Duration.ofMinutes(1));

    @Test
    void anIdentifyBecomesAChangeOfItsAudience() throws Exception {
        SegmentEvent event = event(AudienceEvent.entered("u1").at(5));

        MembershipChange change = map(mapping(), event);

        assertThat(change.audience()).isEqualTo(new Audience("launchdarkly", "user", "aud_1"));
        assertThat(change.audienceKey()).isEqualTo("vip_customers");
        assertThat(change.contextKey()).isEqualTo("u1");
        assertThat(change.member()).isTrue();
        assertThat(change.eventTime())
                .isEqualTo(Instant.parse("2026-01-01T00:00:00.005Z").toEpochMilli());
        assertThat(change.batching()).isTrue();
        assertThat(change.mapping()).isEqualTo("sync");
        assertThat(change.origin()).isSameAs(event.origin());
    }

    @Test
    void aTrackBecomesTheSameChange() throws Exception {
        assertThat(map(AudienceEvent.track("aud_1", "vip_customers", true).user("u1"))
                        .member())
                .isTrue();
        MembershipChange left =
                map(AudienceEvent.track("aud_1", "vip_customers", false).user("u1"));
        assertThat(left.member()).isFalse();
        assertThat(left.audience()).isEqualTo(new Audience("launchdarkly", "user", "aud_1"));
        assertThat(left.contextKey()).isEqualTo("u1");
    }

    @ParameterizedTest(name = "{0}: user {1}, email {2}, anonymous {3} -> {4}")
    @CsvSource(
            nullValues = "-",
            value = {
                "user_id_then_email,                  u, e, a, u",
                "user_id_then_email,                  -, e, a, e",
                "user_id_then_email,                  -, -, a, -",
                "user_id_then_email,                  '', e, a, e",
                "user_id_then_anonymousId,            u, e, a, u",
                "user_id_then_anonymousId,            -, e, a, a",
                "user_id_then_anonymousId,            -, e, -, -",
                "user_id_then_email_then_anonymousId, u, e, a, u",
                "user_id_then_email_then_anonymousId, -, e, a, e",
                "user_id_then_email_then_anonymousId, -, -, a, a",
                "user_id_then_email_then_anonymousId, '', '', a, a",
                "user_id_then_email_then_anonymousId, -, -, -, -",
                "user_id_only,                        u, e, a, u",
                "user_id_only,                        -, e, a, -",
                "email_only,                          u, e, a, e",
                "email_only,                          u, -, a, -",
            })
    void theContextKeyIsTheFirstIdentifierThatTheEventHas(
            String priority, String user, String email, String anonymous, String expected) throws Exception {
        AudienceEvent event = AudienceEvent.identify("aud_1", "vip", true);
        if (user != null) {
            event.user(user);
        }
        if (email != null) {
            event.email(email);
        }
        if (anonymous != null) {
            event.anonymous(anonymous);
        }
        Mapping mapping = mapping("context_key", priority);
        if (expected == null) {
            assertThatThrownBy(() -> map(mapping, event))
                    .isInstanceOf(UnmappableEventException.class)
                    .hasMessageStartingWith("context_key: ")
                    .hasMessageContaining(priority)
                    .hasMessageContaining("found nothing");
        } else {
            assertThat(map(mapping, event).contextKey()).isEqualTo(expected);
        }
    }

    @Test
    void theEmailOfATrackIsInTheTraitsOfItsContext() throws Exception {
        assertThat(map(
                                mapping("context_key", "email_only"),
                                AudienceEvent.track("aud_1", "vip", true).email("a@example.com"))
                        .contextKey())
                .isEqualTo("a@example.com");
    }

    @ParameterizedTest(name = "{0} without a value: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "computation_id  | segment_audience_id: required, found nothing.",
                "computation_key | segment_audience_key: required, found nothing.",
            })
    void aRequiredFieldThatIsMissingNullOrEmptyIsNamed(String field, String message) {
        AudienceEvent missing = AudienceEvent.entered("u1");
        personas(missing).remove(field);
        AudienceEvent isNull = AudienceEvent.entered("u1");
        personas(isNull).putNull(field);
        AudienceEvent empty = AudienceEvent.entered("u1");
        personas(empty).put(field, "");

        for (AudienceEvent event : new AudienceEvent[] {missing, isNull, empty}) {
            assertThatThrownBy(() -> map(event))
                    .isInstanceOf(UnmappableEventException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void aContextOfNullIsARejectionAndNothingWorse() {
        AudienceEvent event = AudienceEvent.entered("u1");
        event.json().putNull("context");

        assertThatThrownBy(() -> map(event))
                .isInstanceOf(UnmappableEventException.class)
                .hasMessage("segment_audience_id: required, found nothing.");
    }

    @ParameterizedTest(name = "{0} in {1} -> {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":1} | userId      | segment_user_id: expected text, found an object.",
                "[]        | userId      | segment_user_id: expected text, found an array of 0.",
                "[1,2]     | userId      | segment_user_id: expected text, found an array of 2.",
                "[{}]      | userId      | segment_user_id: expected text, found an object.",
                "{\"a\":1} | anonymousId | segment_anonymous_id: expected text, found an object.",
            })
    void whatCannotBecomeTextIsNamedWithItsField(String json, String field, String message) {
        String event = AudienceEvent.identify("aud_1", "vip", true).toString();
        String body = event.substring(0, event.length() - 1) + ",\"" + field + "\":" + json + "}";

        assertThatThrownBy(() -> map(mapping("context_key", "user_id_then_anonymousId"), body))
                .isInstanceOf(UnmappableEventException.class)
                .hasMessage(message);
    }

    @Test
    void anObjectInPlaceOfTheEmailAddressIsNamedWithItsField() {
        AudienceEvent event = AudienceEvent.identify("aud_1", "vip", true);
        event.json().withObject("/traits/email").put("address", "a@example.com");

        assertThatThrownBy(() -> map(mapping("context_key", "email_only"), event))
                .isInstanceOf(UnmappableEventException.class)
                .hasMessage("user_email: expected text, found an object.");
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "42                        | 42",
                "-1                        | -1",
                "0                         | 0",
                "1.5                       | 1.5",
                "12345678901234567890      | 12345678901234567890",
                "[12345678901234567890]    | 12345678901234567890",
                "0.1234567890123456789     | 0.1234567890123456789",
                "123456789012345678901234567890.5 | 123456789012345678901234567890.5",
                "1e3                       | 1000",
                "true                      | true",
                "false                     | false",
                "\"text\"                  | text",
                "\" text \"                | ' text '",
                "[\"text\"]                | text",
                "[[\"text\"]]              | text",
                "\"null\"                  | null",
            })
    void numbersAndFlagsBecomeTextAndAnArrayOfOneUnwraps(String json, String text) throws Exception {
        assertThat(map(mapping(), withUserId(json)).contextKey()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e400", "1E+400", "[1e31]", "-1e300", "1e-31", "0e99"})
    void aNumberThatTakesAnExponentToWriteIsNoId(String json) {
        assertThatThrownBy(() -> map(mapping(), withUserId(json)))
                .isInstanceOf(UnmappableEventException.class)
                .hasMessageMatching("segment_user_id: the number \\S+ is too large or too small; send it as text.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"\"", "[null]", "[\"\"]"})
    void nullAndTheEmptyStringAreAbsent(String json) {
        assertThatThrownBy(() -> map(mapping(), withUserId(json)))
                .isInstanceOf(UnmappableEventException.class)
                .hasMessageStartingWith("context_key: ");
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({"true, true", "false, false", "'\"true\"', true", "'\"false\"', false"})
    void trueAndFalseDecideMembershipAsFlagsOrAsText(String json, boolean member) throws Exception {
        assertThat(map(mapping(), withTrait(json)).member()).isEqualTo(member);
        assertThat(map(mapping(), withProperty(json)).member()).isEqualTo(member);
    }

    @ParameterizedTest(name = "{0} -> found {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "\"TRUE\"    | found \"TRUE\".",
                "\"False\"   | found \"False\".",
                "\" true\"   | found \" true\".",
                "\"yes\"     | found \"yes\".",
                "\"1\"       | found \"1\".",
                "1           | found 1.",
                "0           | found 0.",
                "\"\"        | found \"\".",
                "[]          | found an array of 0.",
                "[true]      | found an array of 1.",
                "{}          | found an object.",
                "null        | found no such field.",
            })
    void anythingElseUnderTheAudienceKeyIsRejectedWithWhatWasFound(String json, String found) {
        for (String body : new String[] {withTrait(json), withProperty(json)}) {
            assertThatThrownBy(() -> map(mapping(), body))
                    .isInstanceOf(UnmappableEventException.class)
                    .hasMessage("traits_or_props: expected true or false under vip, " + found);
        }
    }

    @Test
    void anAudienceKeyThatIsMissingIsNoRemoval() {
        AudienceEvent event = AudienceEvent.entered("u1");
        event.json().putObject("traits").put("other", true);

        assertThatThrownBy(() -> map(event))
                .isInstanceOf(UnmappableEventException.class)
                .hasMessage("traits_or_props: expected true or false under vip_customers, found no such field.");
    }

    @Test
    void aLongValueIsShownShortened() {
        assertThatThrownBy(() -> map(mapping(), withTrait("\"" + "x".repeat(500) + "\"")))
                .isInstanceOf(UnmappableEventException.class)
                .message()
                .endsWith("xxx….")
                .hasSizeLessThan(200);
    }

    @Test
    void emptyPropertiesBesideTraitsAreNoRemoval() throws Exception {
        AudienceEvent event = AudienceEvent.entered("u1");
        event.json().putObject("properties");

        assertThat(map(event).member()).isTrue();
    }

    @Test
    void propertiesOfNullOrAnotherShapeAreNoObstacle() throws Exception {
        for (String properties : new String[] {"null", "[]", "\"text\"", "{\"vip_customers\":null}"}) {
            String event = AudienceEvent.entered("u1").toString();
            String body = event.substring(0, event.length() - 1) + ",\"properties\":" + properties + "}";

            assertThat(map(mapping(), body).member()).isTrue();
        }
    }

    @Test
    void theConfiguredObjectIsTheOnlyPlaceForTheAudienceKey() throws Exception {
        Mapping traitsOnly = mapping("traits_or_props", "$.traits");
        AudienceEvent both = AudienceEvent.left("u1");
        both.json().putObject("properties").put("vip_customers", true);

        assertThat(map(mapping(), both).member()).isTrue();
        assertThat(map(traitsOnly, both).member()).isFalse();
        assertThatThrownBy(() -> map(
                        traitsOnly,
                        AudienceEvent.track("aud_1", "vip_customers", true).user("u1")))
                .isInstanceOf(UnmappableEventException.class)
                .hasMessageEndingWith("found no such field.");
    }

    @Test
    void aConfiguredPlaceThatIsNoObjectIsNamed() {
        assertThatThrownBy(() -> map(mapping("traits_or_props", "$.userId"), AudienceEvent.entered("u1")))
                .isInstanceOf(UnmappableEventException.class)
                .hasMessage("traits_or_props: expected an object, found \"u1\".");
    }

    @Test
    void whoeverReachesAJourneyStepIsInItAlthoughNoKeySaysSo() throws Exception {
        assertThat(map(journeyStep()).member()).isTrue();
    }

    @Test
    void aJourneyStepThatSaysFalseIsARemoval() throws Exception {
        AudienceEvent event = journeyStep();
        event.json().withObject("/properties").put("step_1", false);

        assertThat(map(event).member()).isFalse();
    }

    @Test
    void aJourneyStepThatSaysNonsenseIsRejected() {
        AudienceEvent event = journeyStep();
        event.json().withObject("/properties").put("step_1", "maybe");

        assertThatThrownBy(() -> map(event)).isInstanceOf(UnmappableEventException.class);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({"ADD, true", "REMOVE, false", "{\"@literal\":true}, true", "{\"@literal\":false}, false"})
    void aConfiguredActionDecidesWhateverTheEventSays(String action, boolean member) throws Exception {
        Mapping mapping = mapping("audience_action", action);

        assertThat(map(mapping, AudienceEvent.entered("u1")).member()).isEqualTo(member);
        assertThat(map(mapping, AudienceEvent.left("u1")).member()).isEqualTo(member);
        assertThat(map(mapping, withTrait("[]")).member()).isEqualTo(member);
    }

    @Test
    void anActionOfSkipChangesNothingWhoeverItIs() throws Exception {
        Mapping mapping = mapping(
                "audience_action",
                "{\"@table\":{\"value\":{\"@path\":\"$.traits.vip\"},\"entries\":{\"other\":\"SKIP\"}}}");
        List<MembershipChange> changes = new ArrayList<>();

        for (String user : new String[] {"\"u1\"", "null"}) {
            SegmentEvent event = event(withTrait("\"other\"").replace("\"u1\"", user));
            assertThat(new AudienceMapper(mapping).map(event, changes, MappingTrace.NONE))
                    .isNull();
        }

        assertThat(changes).isEmpty();
    }

    @Test
    void anActionThatAnEventLacksIsComputedFromTheAudienceKey() throws Exception {
        Mapping mapping = mapping("audience_action", "$.properties.action");
        AudienceEvent removed = AudienceEvent.track("aud_1", "vip", true).user("u1");
        removed.json().withObject("/properties").put("action", "REMOVE");

        assertThat(map(mapping, AudienceEvent.entered("u1")).member()).isTrue();
        assertThat(map(mapping, removed).member()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"add", "Remove", "yes", "DELETE"})
    void anotherActionThanAddOrRemoveIsRejected(String action) {
        assertThatThrownBy(() -> map(mapping("audience_action", action), AudienceEvent.entered("u1")))
                .isInstanceOf(UnmappableEventException.class)
                .hasMessage("audience_action: expected ADD, REMOVE, SKIP, true or false, found " + action + ".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "organization", "device-1", "a.b_c", "Kind", "multiple", "kind2"})
    void aContextKindMayHaveLettersDigitsDotsUnderscoresAndHyphens(String kind) throws Exception {
        assertThat(map(mapping("context_kind", kind), AudienceEvent.entered("u1"))
                        .audience()
                        .contextKind())
                .isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"kind", "multi", "a b", "a/b", "größe", "a:b", "$"})
    void anotherContextKindIsRejected(String kind) {
        assertThatThrownBy(() -> map(mapping("context_kind", kind), AudienceEvent.entered("u1")))
                .isInstanceOf(UnmappableEventException.class)
                .hasMessageStartingWith("context_kind: expected letters")
                .hasMessageEndingWith("found " + kind + ".");
    }

    @Test
    void theContextKindMayComeFromTheEvent() throws Exception {
        Mapping mapping = mapping("context_kind", "$.traits.kind");
        AudienceEvent event = AudienceEvent.entered("u1");
        event.json().withObject("/traits").put("kind", "device");

        assertThat(map(mapping, event).audience().contextKind()).isEqualTo("device");
        assertThatThrownBy(() -> map(mapping, AudienceEvent.entered("u1")))
                .isInstanceOf(UnmappableEventException.class)
                .hasMessage("context_kind: required, found nothing.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"constructor", "__proto__", "toString", "audience_key", "email", "a.b", "$.x", "naïve 🚀"})
    void anAudienceKeyOfAnyNameBehavesAsAnyOther(String key) throws Exception {
        assertThat(map(AudienceEvent.identify("aud_1", key, true).user("u1")).member())
                .isTrue();
        assertThat(map(AudienceEvent.identify("aud_1", key, false).user("u1")).member())
                .isFalse();
        assertThat(map(AudienceEvent.track("aud_1", key, false).user("u1")).member())
                .isFalse();
        AudienceEvent without = AudienceEvent.identify("aud_1", key, true).user("u1");
        without.json().putObject("traits");
        assertThatThrownBy(() -> map(without))
                .isInstanceOf(UnmappableEventException.class)
                .hasMessageEndingWith("under " + key + ", found no such field.");
    }

    @Test
    void aMappedEventBecomesAChangeThatItsReceiptWaitsFor() throws Exception {
        SegmentEvent event = event(AudienceEvent.entered("u1"));
        receipt.admit(1, 1);

        Mapped mapped = process(event);

        assertThat(mapped.rejected()).isEmpty();
        assertThat(mapped.changes()).hasSize(1);
        receipt.intakeDone();
        assertThat(receipt.settled()).isNotDone();
        mapped.changes().get(0).origin().delivered();
        assertThat(receipt.settled()).isCompletedWithValueMatching(summary -> summary.delivered() == 1);
    }

    @Test
    void anEventThatCannotBeUsedIsRejectedAndItsReceiptWaitsForTheDeadLetter() throws Exception {
        AudienceEvent source = AudienceEvent.identify("aud_1", "vip", true);
        SegmentEvent event = event(source);
        receipt.admit(1, 1);

        Mapped mapped = process(event);

        assertThat(mapped.changes()).isEmpty();
        assertThat(mapped.rejected()).hasSize(1);
        RejectedEvent rejected = mapped.rejected().get(0);
        assertThat(rejected.problem())
                .isEqualTo(new Problem(
                        ProblemCode.CONTEXT_KEY_MISSING,
                        "context_key: user_id_only found nothing that could be the context key."));
        assertThat(rejected.mapping()).isEqualTo("sync");
        assertThat(rejected.destination()).isEqualTo("launchdarkly");
        assertThat(rejected.messageId()).isEqualTo("msg-aud_1");
        receipt.intakeDone();
        assertThat(receipt.settled()).isNotDone();
        rejected.settle();
        assertThat(receipt.settled()).isCompletedWithValueMatching(summary -> summary.rejected() == 1);
    }

    @Test
    void aFilterThatFailsOnOneEventCostsOnlyThatEvent() throws Exception {
        EventChunk chunk = new EventChunk(List.of(
                event(AudienceEvent.entered("u1")),
                event(AudienceEvent.entered("u2")),
                event(AudienceEvent.left("u3"))));

        Mapped mapped = process(chunk.where(json -> {
            if (json.path("userId").textValue().equals("u2")) {
                throw new IllegalStateException("a defect");
            }
            return true;
        }));

        assertThat(mapped.changes()).extracting(MembershipChange::contextKey).containsExactly("u1", "u3");
        assertThat(mapped.rejected())
                .extracting(RejectedEvent::problem)
                .containsExactly(
                        new Problem(ProblemCode.INTERNAL_ERROR, "Internal error: java.lang.IllegalStateException"));
    }

    private record Mapped(List<MembershipChange> changes, List<RejectedEvent> rejected) {}

    private Mapped process(SegmentEvent event) {
        return process(new EventChunk(List.of(event)));
    }

    private Mapped process(EventChunk chunk) {
        DefaultExchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.getMessage().setBody(chunk);
        new MapEvents(mapping(), any -> null, new MappingCounts("sync")).process(exchange);
        @SuppressWarnings("unchecked") // a list in each
        Mapped mapped = new Mapped(
                exchange.getMessage().getBody(List.class), exchange.getProperty(MapEvents.REJECTED, List.class));
        return mapped;
    }

    private static AudienceEvent journeyStep() {
        AudienceEvent event = AudienceEvent.track("step_id", "step_1", true).user("u1");
        ((ObjectNode) event.json().at("/context/personas")).put("computation_class", "journey_step");
        event.json().put("event", "Trial reminder");
        event.json().putObject("properties").putObject("journey_context").put("id", 1);
        return event;
    }

    private static ObjectNode personas(AudienceEvent event) {
        return (ObjectNode) event.json().at("/context/personas");
    }

    private static String withUserId(String json) {
        String event = AudienceEvent.identify("aud_1", "vip", true).toString();
        return event.substring(0, event.length() - 1) + ",\"userId\":" + json + "}";
    }

    private static String withTrait(String json) {
        AudienceEvent event = AudienceEvent.identify("aud_1", "vip", true).user("u1");
        event.json().remove("traits");
        String text = event.toString();
        return text.substring(0, text.length() - 1) + ",\"traits\":{\"vip\":" + json + "}}";
    }

    private static String withProperty(String json) {
        AudienceEvent event = AudienceEvent.track("aud_1", "vip", true).user("u1");
        event.json().remove("properties");
        String text = event.toString();
        return text.substring(0, text.length() - 1) + ",\"properties\":{\"vip\":" + json + "}}";
    }

    private MembershipChange map(AudienceEvent event) throws Exception {
        return map(mapping(), event);
    }

    private MembershipChange map(Mapping mapping, AudienceEvent event) throws Exception {
        return map(mapping, event.toString());
    }

    private MembershipChange map(Mapping mapping, String event) throws Exception {
        return map(mapping, event(event));
    }

    private static MembershipChange map(Mapping mapping, SegmentEvent event) throws UnmappableEventException {
        List<MembershipChange> changes = new ArrayList<>();
        Problem problem = new AudienceMapper(mapping).map(event, changes, MappingTrace.NONE);
        if (problem != null) {
            throw new UnmappableEventException(problem.code(), problem.reason());
        }
        return changes.get(0);
    }

    private SegmentEvent event(AudienceEvent event) throws Exception {
        return event(event.toString());
    }

    /** Read as the bundle reads it, for a fixture's own JSON would not keep all digits. */
    private SegmentEvent event(String json) throws Exception {
        EventOrigin origin = new EventReader(new EventLimits(1, 100_000, 100))
                .readJson(json.getBytes(StandardCharsets.UTF_8), receipt, SOURCE)
                .events()
                .get(0)
                .origin();
        return new SegmentEvent(origin.parse(), origin);
    }

    /** Segment's default mapping, with pairs of field and value over it. */
    private static Mapping mapping(String... changes) {
        List<String> properties = new ArrayList<>(List.of("computation-classes", "audience,journey_step"));
        for (int i = 0; i < changes.length; i++) {
            properties.add(i % 2 == 0 ? changes[i].replace('_', '-') : changes[i]);
        }
        return ConfiguredMapping.of(properties.toArray(String[]::new));
    }
}
