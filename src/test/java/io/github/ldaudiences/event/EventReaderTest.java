package io.github.ldaudiences.event;

import static io.github.ldaudiences.fixture.AudienceEvent.SOURCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import io.github.ldaudiences.fixture.AudienceEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("event")
class EventReaderTest {

    private static final int MAX_EVENTS = 5;
    private static final int MAX_BYTES = 1000;
    private static final int MAX_DEPTH = 10;

    private final EventReader reader = new EventReader(new EventLimits(MAX_EVENTS, MAX_BYTES, MAX_DEPTH));
    private final Receipt receipt = new Receipt(new Backlog(1_000_000, Long.MAX_VALUE), Duration.ofMinutes(1));

    @Test
    void aSingleObjectIsOneEvent() throws Exception {
        AudienceEvent event = AudienceEvent.entered("u1");

        ReadEvents read = json(event.toString());

        assertThat(read.unreadable()).isEmpty();
        assertThat(read.events()).hasSize(1);
        assertThat(read.events().get(0).origin().index()).isZero();
        assertThat(read.events().get(0).origin().parse()).isEqualTo(event.json());
    }

    @Test
    void eachElementOfAnArrayIsAnEventInItsOrder() throws Exception {
        ReadEvents read = json(AudienceEvent.array(
                AudienceEvent.entered("u1"), AudienceEvent.left("u2"), AudienceEvent.entered("u3")));

        assertThat(users(read)).containsExactly("u1", "u2", "u3");
        assertThat(read.events()).extracting(event -> event.origin().index()).containsExactly(0, 1, 2);
    }

    @Test
    void anEmptyArrayHoldsNothingAndIsNoError() throws Exception {
        assertThat(json("[]").size()).isZero();
        assertThat(json(" [ ] \n").size()).isZero();
    }

    @Test
    void aBatchObjectHoldsEvents() throws Exception {
        ReadEvents read =
                json("{\"batch\":" + AudienceEvent.array(AudienceEvent.entered("u1"), AudienceEvent.left("u2"))
                        + ",\"sentAt\":\"2026-01-01T00:00:00.000Z\"}");

        assertThat(users(read)).containsExactly("u1", "u2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"context\":{\"space\":\"s\"},\"integrations\":{\"All\":true},\"batch\":[{\"userId\":\"u1\"}]}",
                "{\"batch\":[{\"userId\":\"u1\"}],\"context\":{\"space\":\"s\"},\"integrations\":{\"All\":true}}"
            })
    void whatABatchObjectSaysForAllIsInEachEventWhereverItStands(String body) throws Exception {
        ReadEvents read = json(body);

        assertThat(parsed(read, 0))
                .isEqualTo("{\"userId\":\"u1\",\"context\":{\"space\":\"s\"},\"integrations\":{\"All\":true}}");
    }

    @Test
    void onlyContextAndIntegrationsAreSharedByABatchObject() throws Exception {
        ReadEvents read = json("{\"writeKey\":\"k\",\"traits\":{\"a\":1},\"batch\":[{\"userId\":\"u1\"}]}");

        assertThat(parsed(read, 0)).isEqualTo("{\"userId\":\"u1\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":\"inner\"}           | {\"a\":\"inner\",\"b\":{\"c\":1,\"d\":2}}",
                "{\"a\":null}                | {\"a\":\"outer\",\"b\":{\"c\":1,\"d\":2}}",
                "{\"a\":false}               | {\"a\":false,\"b\":{\"c\":1,\"d\":2}}",
                "{\"a\":\"\"}                | {\"a\":\"\",\"b\":{\"c\":1,\"d\":2}}",
                "{\"a\":1,\"b\":{\"c\":9}}   | {\"a\":1,\"b\":{\"c\":9,\"d\":2}}",
                "{\"a\":1,\"b\":{\"c\":null}}| {\"a\":1,\"b\":{\"c\":1,\"d\":2}}",
                "{\"a\":1,\"b\":\"text\"}    | {\"a\":1,\"b\":\"text\"}",
                "null                        | {\"a\":\"outer\",\"b\":{\"c\":1,\"d\":2}}",
                "\"text\"                    | \"text\"",
            })
    void whatAnEventSaysItselfWinsAndNullSaysNothing(String inner, String merged) throws Exception {
        ReadEvents read =
                json("{\"context\":{\"a\":\"outer\",\"b\":{\"c\":1,\"d\":2}},\"batch\":[{\"context\":" + inner + "}]}");

        assertThat(parsed(read, 0)).isEqualTo("{\"context\":" + merged + "}");
    }

    @Test
    void oneEventOfABatchDoesNotSeeTheContextOfAnother() throws Exception {
        ReadEvents read = json("{\"context\":{\"b\":{\"c\":1}},\"batch\":["
                + "{\"context\":{\"own\":1,\"b\":{\"d\":1}}},{\"userId\":\"u2\"},{\"context\":{}}]}");

        assertThat(parsed(read, 0)).isEqualTo("{\"context\":{\"own\":1,\"b\":{\"d\":1,\"c\":1}}}");
        assertThat(parsed(read, 1)).isEqualTo("{\"userId\":\"u2\",\"context\":{\"b\":{\"c\":1}}}");
        assertThat(parsed(read, 2)).isEqualTo("{\"context\":{\"b\":{\"c\":1}}}");
    }

    @Test
    void theOriginalOfAnEventIsAsItArrivedWithoutWhatItsBodyShares() throws Exception {
        ReadEvents read = json("{\"context\":{\"a\":1}, \"batch\":[ {\"userId\" : \"ü\"} , {\"userId\":\"u2\"}]}");

        assertThat(original(read.events().get(0).origin())).isEqualTo("{\"userId\" : \"ü\"}");
        assertThat(original(read.events().get(1).origin())).isEqualTo("{\"userId\":\"u2\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"track\",\"batch\":[{\"userId\":\"x\"}],\"userId\":\"u1\"}",
                "{\"batch\":[{\"userId\":\"x\"},1,2],\"userId\":\"u1\",\"type\":\"track\"}",
                "{\"batch\":[],\"userId\":\"u1\",\"type\":\"track\"}",
                "{\"batch\":{\"userId\":\"x\"},\"userId\":\"u1\"}",
                "{\"batch\":\"x\",\"userId\":\"u1\"}",
            })
    void anEventMayHaveAFieldThatHappensToBeNamedBatch(String body) throws Exception {
        ReadEvents read = json(body);

        assertThat(users(read)).containsExactly("u1");
        assertThat(read.unreadable()).isEmpty();
        assertThat(read.events().get(0).origin().index()).isZero();
        assertThat(original(read.events().get(0).origin())).isEqualTo(body);
    }

    @Test
    void theContextOfASingleEventIsItsOwn() throws Exception {
        AudienceEvent event = AudienceEvent.track("aud_1", "vip", true).email("a@example.com");

        assertThat(json(event.toString()).events().get(0).origin().parse()).isEqualTo(event.json());
    }

    @Test
    void eachLineOfNewlineDelimitedJsonIsADocument() throws Exception {
        ReadEvents read = lines(AudienceEvent.entered("u1") + "\n\n  \r\n"
                + AudienceEvent.array(AudienceEvent.entered("u2"), AudienceEvent.entered("u3")) + "\r\n"
                + "{\"context\":{\"a\":1},\"batch\":[{\"userId\":\"u4\"}]}");

        assertThat(users(read)).containsExactly("u1", "u2", "u3", "u4");
        assertThat(read.events()).extracting(event -> event.origin().index()).containsExactly(0, 1, 2, 3);
        assertThat(parsed(read, 3)).isEqualTo("{\"userId\":\"u4\",\"context\":{\"a\":1}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"userId\":",
                "[{\"userId\":\"x\"},{\"userId\":\"y\"",
                "no json",
                "{\"userId\":\"x\"} {\"userId\":\"y\"}",
                "42",
                "\"text\"",
                "null",
                "{\"batch\":[{\"userId\":\"x\"}]",
            })
    void aLineThatIsNoDocumentCostsItselfAlone(String bad) throws Exception {
        ReadEvents read = lines(AudienceEvent.entered("u1") + "\n" + bad + "\n" + AudienceEvent.entered("u3") + "\n");

        assertThat(users(read)).containsExactly("u1", "u3");
        assertThat(read.events()).extracting(event -> event.origin().index()).containsExactly(0, 2);
        assertThat(read.unreadable()).hasSize(1);
        assertThat(read.unreadable().get(0).origin().index()).isEqualTo(1);
        assertThat(original(read.unreadable().get(0).origin())).isEqualTo(bad);
        assertThat(read.unreadable().get(0).problem().reason()).isNotBlank();
    }

    @Test
    void noLinesAtAllAreNoEventsAndNoError() throws Exception {
        assertThat(lines("").size()).isZero();
        assertThat(lines("\n \t\r\n").size()).isZero();
    }

    @Test
    void linesOfWhichNoneCanBeReadAreRefusedWithTheFirstReason() {
        assertThatThrownBy(() -> lines("nonsense\n42\n"))
                .isInstanceOf(UnreadableBodyException.class)
                .hasMessageContaining("not valid JSON");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "NULL",
            value = {
                "''                       | empty",
                "'  '                     | empty",
                "42                       | a number",
                "\"text\"                 | a string",
                "null                     | null",
                "[1,2]                    | must be a JSON object, found a number",
                "[null]                   | must be a JSON object, found null",
                "[[{}]]                   | must be a JSON object, found an array",
                "[\"text\"]               | must be a JSON object, found a string",
                "{\"batch\":[true]}       | must be a JSON object, found true",
            })
    void aBodyWithNothingThatCouldBeAnEventIsRefusedWithWhatWasFound(String body, String found) {
        assertThatThrownBy(() -> json(body))
                .isInstanceOf(UnreadableBodyException.class)
                .hasMessageContaining(found);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"userId\":\"u1\"",
                "[{\"userId\":\"u1\"},",
                "[{\"userId\":\"u1\"}",
                "{\"batch\":[{\"userId\":\"u1\"}]",
                "{\"userId\":\"u1",
                "{\"userId\":\"u1\\",
                "[{\"userId\":tru",
                "{userId:\"u1\"}",
                "{'userId':'u1'}",
                "{\"userId\":\"u1\",}",
                "[{\"a\":NaN1}]",
                "[{\"a\":01}]",
                "[{\"a\":\"line\nbreak\"}]",
            })
    void jsonThatIsCutOffOrWrongIsRefusedWithThePlace(String body) {
        assertThatThrownBy(() -> json(body))
                .isInstanceOf(UnreadableBodyException.class)
                .hasMessageContaining("not valid JSON")
                .hasMessageContaining("at byte");
    }

    @Test
    void theMessageAboutWrongJsonDoesNotRepeatTheBody() {
        assertThatThrownBy(() -> json("{\"email\":\"someone@example.com\", oops}"))
                .isInstanceOf(UnreadableBodyException.class)
                .message()
                .doesNotContain("someone@example.com");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"userId\":\"u1\"}\n{\"userId\":\"u2\"}", "[] []", "[{\"userId\":\"u1\"}] 1"})
    void moreContentAfterTheDocumentIsRefused(String body) {
        assertThatThrownBy(() -> json(body))
                .isInstanceOf(UnreadableBodyException.class)
                .hasMessageContaining("More content follows");
    }

    @Test
    void asManyEventsAsAreAllowedAreRead() throws Exception {
        assertThat(json(Arrays.toString(events(MAX_EVENTS))).events()).hasSize(MAX_EVENTS);
    }

    @Test
    void moreEventsThanAreAllowedAreRefused() {
        String array = Arrays.toString(events(MAX_EVENTS + 1));

        assertThatThrownBy(() -> json(array))
                .isInstanceOf(TooManyEventsException.class)
                .hasMessageContaining("more than 5 events");
        assertThatThrownBy(() -> json("{\"batch\":" + array + "}")).isInstanceOf(TooManyEventsException.class);
        assertThatThrownBy(() -> lines(String.join("\n", events(MAX_EVENTS + 1))))
                .isInstanceOf(TooManyEventsException.class);
    }

    @Test
    void whatCannotBeReadCountsAsAnEvent() {
        assertThatThrownBy(() -> json("[{},1,2,3,4,5]")).isInstanceOf(TooManyEventsException.class);
        assertThatThrownBy(() -> lines("{}\nx\nx\nx\nx\nx")).isInstanceOf(TooManyEventsException.class);
    }

    @Test
    void anEventMayBeAsLargeAsIsAllowed() throws Exception {
        assertThat(json("[" + ofBytes(MAX_BYTES) + "]").events()).hasSize(1);
        assertThat(json(ofBytes(MAX_BYTES)).events()).hasSize(1);
    }

    @Test
    void anEventThatIsTooLargeIsRejectedAlone() throws Exception {
        RejectedEvent rejected = onlyMiddleIsRejected(ofBytes(MAX_BYTES + 1));

        assertThat(rejected.problem().reason()).contains("1001 bytes").contains("1000 are allowed");
    }

    @Test
    void bytesAreCountedAndNotCharacters() throws Exception {
        String event = "{\"a\":\"" + "€".repeat(350) + "\"}";

        assertThat(onlyMiddleIsRejected(event).problem().reason()).contains("1058 bytes");
    }

    @Test
    void anEventMayNestAsDeepAsIsAllowed() throws Exception {
        assertThat(json("[" + nested(MAX_DEPTH) + "]").events()).hasSize(1);
        assertThat(json(nested(MAX_DEPTH)).events()).hasSize(1);
        assertThat(json("{\"batch\":[" + nested(MAX_DEPTH) + "]}").events()).hasSize(1);
    }

    @Test
    void anEventThatNestsTooDeepIsRejectedAlone() throws Exception {
        assertThat(onlyMiddleIsRejected(nested(MAX_DEPTH + 1)).problem().reason())
                .contains("deeper than 10 levels");
    }

    @Test
    void aSingleEventThatNestsTooDeepIsRefused() {
        assertThatThrownBy(() -> json(nested(MAX_DEPTH + 1)))
                .isInstanceOf(UnreadableBodyException.class)
                .hasMessageContaining("deeper than 10 levels");
        assertThatThrownBy(() -> json("{\"context\":" + nested(MAX_DEPTH) + "}"))
                .isInstanceOf(UnreadableBodyException.class)
                .hasMessageContaining("deeper than 10 levels");
    }

    @Test
    void tenThousandLevelsOfNestingAreRejectedAloneToo() throws Exception {
        EventReader large = new EventReader(new EventLimits(MAX_EVENTS, 1_000_000, MAX_DEPTH));
        String body = AudienceEvent.array(AudienceEvent.entered("u1"), nested(10_000), AudienceEvent.entered("u3"));

        ReadEvents read = large.readJson(bytes(body), receipt, SOURCE);

        assertThat(users(read)).containsExactly("u1", "u3");
        assertThat(read.unreadable()).hasSize(1);
        assertThat(read.unreadable().get(0).problem().reason()).contains("deeper than 10 levels");
        assertThat(read.unreadable().get(0).messageId()).isNull();
    }

    @Test
    void bracketsWithoutEndAreRefusedBeforeTheyTakeAllMemory() {
        String brackets = "[".repeat(20_001);

        assertThatThrownBy(() -> json(brackets))
                .isInstanceOf(UnreadableBodyException.class)
                .hasMessageContaining("20000");
        assertThatThrownBy(() -> json("[" + AudienceEvent.entered("u1") + "," + nested(20_001) + "]"))
                .isInstanceOf(UnreadableBodyException.class);
    }

    @Test
    void aLineOfBracketsWithoutEndCostsItselfAlone() throws Exception {
        ReadEvents read = lines(AudienceEvent.entered("u1") + "\n" + "[".repeat(20_001) + "\n");

        assertThat(users(read)).containsExactly("u1");
        assertThat(read.unreadable()).hasSize(1);
    }

    @Test
    void anEventWithANumberOfTooManyDigitsIsRejectedAlone() throws Exception {
        assertThat(onlyMiddleIsRejected("{\"n\":" + "7".repeat(401) + "}")
                        .problem()
                        .reason())
                .contains("a number of 401 digits");
        assertThat(onlyMiddleIsRejected("{\"a\":[{\"n\":0." + "7".repeat(400) + "}]}")
                        .problem()
                        .reason())
                .contains("a number of 402 digits");
    }

    @Test
    void longNumbersKeepTheirDigits() throws Exception {
        String digits = "7".repeat(400);
        ReadEvents read =
                json("{\"a\":12345678901234567890,\"b\":0.1234567890123456789,\"c\":1.10,\"d\":" + digits + "}");

        assertThat(read.events().get(0).origin().parse().get("a").asText()).isEqualTo("12345678901234567890");
        assertThat(read.events().get(0).origin().parse().get("b").decimalValue().toPlainString())
                .isEqualTo("0.1234567890123456789");
        assertThat(read.events().get(0).origin().parse().get("c").decimalValue().toPlainString())
                .isEqualTo("1.10");
        assertThat(read.events().get(0).origin().parse().get("d").asText()).isEqualTo(digits);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "-1.5e3", "\"te\\\"xt\"", "null", "true", "[1,[2]]", "[]"})
    void anElementThatIsNoObjectIsRejectedAloneAndKeptAsItArrived(String element) throws Exception {
        assertThat(onlyMiddleIsRejected(element).problem().reason()).contains("An event must be a JSON object, found ");
    }

    @Test
    void aContextOfNullCostsNothing() throws Exception {
        ReadEvents read =
                json("[{\"context\":null,\"userId\":\"u1\"},{\"context\":{\"personas\":null},\"userId\":\"u2\"}]");

        assertThat(users(read)).containsExactly("u1", "u2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
    void anotherEncodingThanUtf8IsRefused(String charset) {
        byte[] body = AudienceEvent.entered("u1").toString().getBytes(Charset.forName(charset));

        assertThatThrownBy(() -> reader.readJson(body, receipt, SOURCE)).isInstanceOf(UnreadableBodyException.class);
    }

    @Test
    void aByteOrderMarkIsPassedOver() throws Exception {
        ReadEvents array = json("\uFEFF" + AudienceEvent.array("{\"userId\":\"u1\"}", "{\"userId\":\"u2\"}"));
        ReadEvents lines = lines("\uFEFF{\"userId\":\"u1\"}\n{\"userId\":\"u2\"}");

        assertThat(users(array)).containsExactly("u1", "u2");
        assertThat(original(array.events().get(1).origin())).isEqualTo("{\"userId\":\"u2\"}");
        assertThat(users(lines)).containsExactly("u1", "u2");
        assertThat(original(lines.events().get(0).origin())).isEqualTo("{\"userId\":\"u1\"}");
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() {
        for (byte[] wrong : List.of(new byte[] {(byte) 0xFF}, new byte[] {(byte) 0xC3}, new byte[] {(byte) 0x80})) {
            assertThatThrownBy(() -> reader.readJson(join("[{\"userId\":\"", wrong, "\"}]"), receipt, SOURCE))
                    .isInstanceOf(UnreadableBodyException.class);
        }
    }

    @Test
    void aLineThatIsNoUtf8CostsItselfAlone() throws Exception {
        byte[] body = join("{\"userId\":\"u1\"}\n{\"userId\":\"", new byte[] {(byte) 0xFF}, "\"}\n{\"userId\":\"u3\"}");

        ReadEvents read = reader.readLines(body, receipt, SOURCE);

        assertThat(users(read)).containsExactly("u1", "u3");
        assertThat(read.unreadable()).hasSize(1);
        assertThat(read.unreadable().get(0).origin().original()).contains((byte) 0xFF);
    }

    @Test
    void theLastOfTwoFieldsOfOneNameCounts() throws Exception {
        ReadEvents read = json("{\"userId\":\"u1\",\"traits\":{\"vip\":true,\"vip\":false},\"userId\":\"u2\"}");

        assertThat(parsed(read, 0)).isEqualTo("{\"userId\":\"u2\",\"traits\":{\"vip\":false}}");
    }

    @Test
    void positionsCountWhatCouldNotBeReadToo() throws Exception {
        ReadEvents read = json("[1,{\"userId\":\"u1\"},null,{\"userId\":\"u3\"}]");

        assertThat(read.size()).isEqualTo(4);
        assertThat(read.events()).extracting(event -> event.origin().index()).containsExactly(1, 3);
        assertThat(read.unreadable())
                .extracting(rejected -> rejected.origin().index())
                .containsExactly(0, 2);
    }

    @Test
    void theReceiptWaitsForWhatCouldNotBeRead() throws Exception {
        ReadEvents read = json("[1,{\"userId\":\"u1\"}]");
        receipt.admit(read.size(), 20);
        receipt.intakeDone();

        assertThat(receipt.settled()).isNotDone();
        read.unreadable().forEach(RejectedEvent::settle);
        assertThat(receipt.settled()).isCompletedWithValueMatching(summary -> summary.rejected() == 1);
    }

    private RejectedEvent onlyMiddleIsRejected(String middle) throws Exception {
        ReadEvents read = json(AudienceEvent.array(AudienceEvent.entered("u1"), middle, AudienceEvent.entered("u3")));
        assertThat(users(read)).containsExactly("u1", "u3");
        assertThat(read.unreadable()).hasSize(1);
        RejectedEvent rejected = read.unreadable().get(0);
        assertThat(rejected.origin().index()).isEqualTo(1);
        assertThat(original(rejected.origin())).isEqualTo(middle);
        assertThat(rejected.mapping()).isNull();
        return rejected;
    }

    @ParameterizedTest(name = "an id of {0} bytes")
    @ValueSource(ints = {4, 8})
    void theFrameOfASchemaRegistryIsPassedOverInMessages(int idBytes) {
        byte[] id = new byte[1 + idBytes];
        id[idBytes] = (byte) 0x80; // no UTF-8
        for (String body : List.of(
                "{\"userId\":\"u1\"}",
                "[{\"userId\":\"u1\"}]",
                " {\"userId\":\"u1\"}",
                "\"{\\\"userId\\\":\\\"u1\\\"}\"")) {
            ReadEvents read = message(join("", id, body));

            assertThat(read.unreadable()).isEmpty();
            assertThat(users(read)).containsExactly("u1");
            assertThat(read.events().get(0).origin().index()).isZero();
            assertThatThrownBy(() -> reader.readJson(join("", id, body), receipt, SOURCE))
                    .isInstanceOf(UnreadableBodyException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "0,0,0,0,1",
                "0,0,0,0,1,123", // cut off
                "0,0,0,0,1,2,4,6",
                "0,0,0,0,1,0,10,4,116,101,115,116",
                "0,123,34,117,34,58,49,125", // no room for an id
            })
    void whatBeginsWithZeroAndIsNoJsonIsOneUnreadableMessageWithAllItsBytes(String numbers) {
        byte[] body = new byte[numbers.split(",").length];
        for (int i = 0; i < body.length; i++) {
            body[i] = Byte.parseByte(numbers.split(",")[i]);
        }

        ReadEvents read = message(body);

        assertThat(read.events()).isEmpty();
        assertThat(read.unreadable()).hasSize(1);
        assertThat(read.unreadable().get(0).origin().original()).isEqualTo(body);
        assertThat(read.unreadable().get(0).problem().reason())
                .contains(numbers.endsWith("1,123") ? "not valid JSON" : "The message looks like Avro or Protobuf");
    }

    @Test
    void anEventThatIsATextOfJsonIsReadFromIt() {
        AudienceEvent event = AudienceEvent.entered("u1\n\"\u00fc\ud83d\ude00");
        String text = TextNode.valueOf(event.toString()).toString();

        ReadEvents read = message(bytes(" " + text + "\n"));

        assertThat(read.unreadable()).isEmpty();
        assertThat(read.events()).hasSize(1);
        assertThat(read.events().get(0).origin().parse()).isEqualTo(event.json());
        assertThat(original(read.events().get(0).origin())).isEqualTo(text + "\n");
        Projection onlyUser = Projection.of(List.of(List.of("userId")), List.of(), List.of());
        SegmentEvent projected = new EventReader(new EventLimits(MAX_EVENTS, MAX_BYTES, MAX_DEPTH), onlyUser)
                .readMessage(bytes(text), receipt, SOURCE)
                .events()
                .get(0);
        assertThat(projected.json().path("userId")).isEqualTo(event.json().path("userId"));
        assertThat(projected.json()).hasSize(1);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "no event                                        | found a string",
                "[{\"userId\":\"u1\"}]                            | found a string",
                "\"{}\"                                          | found a string",
                "{\"userId\":                                    | The text in the body is not valid JSON",
                "{\"batch\":[{\"userId\":\"u1\"}]}                | must hold one event, not a batch object",
                "{\"batch\":[]}                                  | must hold one event, not a batch object",
                "{\"userId\":\"u1\"} {}                          | More content follows",
                "{\"a\":\"\\ud800\"}                            | has the escape \\ud800",
                "{\"a\":[[[[[[[[[[[1]]]]]]]]]]]}                 | deeper than 10 levels",
            })
    void aTextOfJsonWithoutAnEventIsOneUnreadableMessageAsItCame(String content, String reason) {
        String text = TextNode.valueOf(content).toString();

        ReadEvents read = message(bytes(text));

        assertThat(read.events()).isEmpty();
        assertThat(read.unreadable()).hasSize(1);
        assertThat(original(read.unreadable().get(0).origin())).isEqualTo(text);
        assertThat(read.unreadable().get(0).problem().reason()).contains(reason);
    }

    @Test
    void whatIsWrongWithATextOwesNothingToTheMessageBeforeIt() {
        String array = "[{\"userId\":\"u1\"},{";
        String text = "\"without an end";
        MessageReading reading = reader.reading(new EventBody(bytes(array + text), SOURCE), receipt);

        reading.message(0, array.length());
        reading.message(array.length(), array.length() + text.length());

        assertThat(reading.announced().unreadable())
                .extracting(rejected -> rejected.problem().reason())
                .satisfiesExactly(
                        first -> assertThat(first).endsWith("The event with index 1 is the first that cannot be read."),
                        second -> assertThat(second).contains("not valid JSON").doesNotContain("index"));
    }

    @Test
    void whatIsReplayedIsReadAsTheMessageWas() {
        byte[] framed = join("", new byte[] {0, 0, 0, 0, 1}, Arrays.toString(events(MAX_EVENTS + 1)));
        assertThat(message(framed).unreadable().get(0).origin().original()).isEqualTo(framed);

        ReadEvents read = new EventReader(new EventLimits(MAX_EVENTS + 1, MAX_BYTES, MAX_DEPTH))
                .readReplayed(new EventBody(framed, SOURCE), 7, receipt);

        assertThat(read.events()).hasSize(MAX_EVENTS + 1);
        assertThat(read.events().get(1).origin().index()).isEqualTo(8);
        assertThat(users(reader.readReplayed(
                        new EventBody(bytes("\"{\\\"userId\\\":\\\"u1\\\"}\""), SOURCE), 0, receipt)))
                .containsExactly("u1");
    }

    private ReadEvents message(byte[] body) {
        return reader.readMessage(body, receipt, SOURCE);
    }

    private ReadEvents json(String body) throws Exception {
        return reader.readJson(bytes(body), receipt, SOURCE);
    }

    private ReadEvents lines(String body) throws Exception {
        return reader.readLines(bytes(body), receipt, SOURCE);
    }

    private static List<String> users(ReadEvents read) {
        return read.events().stream()
                .map(event -> event.origin().parse().path("userId").asText())
                .toList();
    }

    private static String parsed(ReadEvents read, int event) {
        return read.events().get(event).origin().parse().toString();
    }

    private static String original(EventOrigin origin) {
        return new String(origin.original(), StandardCharsets.UTF_8);
    }

    private static String[] events(int count) {
        String[] events = new String[count];
        Arrays.setAll(events, i -> "{\"userId\":\"u" + i + "\"}");
        return events;
    }

    private static String ofBytes(int size) {
        return "{\"a\":\"" + "x".repeat(size - 8) + "\"}";
    }

    private static String nested(int levels) {
        return "{\"a\":" + "[".repeat(levels - 1) + "]".repeat(levels - 1) + "}";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] join(String before, byte[] middle, String after) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(bytes(before));
        all.writeBytes(middle);
        all.writeBytes(bytes(after));
        return all.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e99999999999", "1e2147483648", "1e-2147483649", "0e99999999999"})
    void aNumberOutOfRangeCostsItsNeighboursNothing(String number) throws Exception {
        ReadEvents read = new EventReader(new EventLimits(10, 1000, 10))
                .readJson(
                        ("[{\"userId\":\"ok\"},{\"n\":" + number + "}]").getBytes(StandardCharsets.UTF_8),
                        openReceipt(),
                        SOURCE);
        assertThat(read.events()).hasSize(1);
        assertThat(read.unreadable().get(0).problem().reason())
                .contains("out of range")
                .doesNotContain(number);
    }

    @Test
    void theLimitsHoldInABatchFieldOfASingleEventToo() {
        String deep = "{\"type\":\"track\",\"batch\":[" + "[".repeat(50) + "]".repeat(50) + "]}";
        assertThatThrownBy(() -> new EventReader(new EventLimits(10, 1000, 10))
                        .readJson(deep.getBytes(StandardCharsets.UTF_8), openReceipt(), SOURCE))
                .hasMessageContaining("deeper than 10");
    }

    @Test
    void withoutAUsableSharedContextTheEventsOfABatchAreRejectedAndNotMisread() {
        String large = "{\"batch\":[{\"type\":\"identify\"}],\"context\":{\"a\":\"" + "x".repeat(9000) + "\"}}";
        assertThatThrownBy(() -> new EventReader(new EventLimits(10, 100_000, 10))
                        .readJson(large.getBytes(StandardCharsets.UTF_8), openReceipt(), SOURCE))
                .hasMessageContaining("8192 are allowed");
    }

    @Test
    void twoBatchFieldsAreBothRead() throws Exception {
        ReadEvents read = new EventReader(new EventLimits(10, 1000, 10))
                .readJson(
                        "{\"batch\":[{\"a\":1}],\"batch\":[{\"a\":2}]}".getBytes(StandardCharsets.UTF_8),
                        openReceipt(),
                        SOURCE);
        assertThat(read.events()).hasSize(2);
    }

    @Test
    void linesWithoutASenderCostNothingButThemselves() {
        String tooMany = "[" + "{},".repeat(MAX_EVENTS) + "{}]";
        String lines = "junk\n{\"a\":1}\n" + tooMany + "\n\n[{\"a\":2},{\"a\":3},{\"a\":4}]\n{\"a\":5}\n{\"a\":6}";
        ReadEvents read = eachLine(lines);

        assertThat(read.events()).hasSize(6);
        assertThat(read.unreadable().stream().map(rejected -> rejected.problem().reason()))
                .satisfiesExactly(
                        reason -> assertThat(reason).startsWith("The line is not valid JSON"),
                        reason -> assertThat(reason).isEqualTo("The line holds more than 5 events."));
        assertThat(new String(read.unreadable().get(1).origin().original(), StandardCharsets.UTF_8))
                .isEqualTo(tooMany);
    }

    @Test
    void linesOfWhichNoneCanBeReadAreOneEachWhereNobodyIsAnswered() {
        ReadEvents read = eachLine("a\nb\n");

        assertThat(read.events()).isEmpty();
        assertThat(read.unreadable()).hasSize(2);
    }

    private ReadEvents eachLine(String lines) {
        return reader.readEachLine(new EventBody(lines.getBytes(StandardCharsets.UTF_8), SOURCE), receipt);
    }

    private static Receipt openReceipt() {
        return new Receipt(new Backlog(1_000_000, Long.MAX_VALUE), Duration.ofMinutes(1));
    }
}
