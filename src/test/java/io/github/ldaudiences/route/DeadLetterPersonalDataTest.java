package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Personal data that a dead letter does not show, and what can be replayed all the same. */
@Tag("deadletter")
class DeadLetterPersonalDataTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SALT = "0123456789abcdef-salt";

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();

    @TempDir
    private Path folder;

    @AfterEach
    void closeLaunchDarkly() {
        launchDarkly.close();
    }

    @Test
    void valuesAtTheConfiguredPathsAreRedactedAndAllOthersStayAsTheyWere() throws IOException {
        String event = "{'type':'identify','messageId':'m-1','userId':'u1','timestamp':'2026-01-01T00:00:00.000Z',"
                + "'context':{'personas':{'computation_class':'audience','computation_id':'aud_1',"
                + "'computation_key':'vip'},'ip':'198.51.100.7','traits':{'name':'Ada','all':'Ada King'}},"
                + "'traits':{'vip':true,'email':'ada@example.com','phone':null,'a, b':5551234,"
                + "'orders':[{'no':12345678901234567890123,'to':'Ada'},{'to':['x']},'to'],"
                + "'tags':['keep','drop'],'ratio':0.12345678901234567890}}";
        event = event.replace('\'', '"');
        String expected = event.replace("\"198.51.100.7\"", "\"[redacted]\"")
                .replace("{\"name\":\"Ada\",\"all\":\"Ada King\"}", "\"[redacted]\"")
                .replace("\"ada@example.com\"", "\"[redacted]\"")
                .replace("5551234", "\"[redacted]\"")
                .replace("\"to\":\"Ada\"", "\"to\":\"[redacted]\"")
                .replace("[\"x\"]", "\"[redacted]\"")
                .replace("\"drop\"", "\"[redacted]\"")
                .replace("m-1", "[redacted]");
        launchDarkly.answer(request -> answer("u1 is Ada, Ada King, ada@example.com, Adamant, 5551234."));
        try (RunningBundle bundle = start(
                "audiences.dead-letter.redact",
                "$.traits.email, $.context.ip,$.context.traits, $.traits['a, b'], $.traits.phone, $.traits.orders.to,"
                        + " $.traits.tags[1], $.traits.tags[7], $.messageId, $.nothing.there")) {
            assertThat(bundle.post(event).count("rejected")).isEqualTo(1);
            List<String> lines = lines();
            assertThat(lines.get(0)).contains("\"event\":" + expected + "}");
            JsonNode letter = JSON.readTree(lines.get(0));
            assertThat(letter.path("messageId").asText()).isEqualTo("[redacted]");
            assertThat(letter.at("/answer/message").asText())
                    .isEqualTo("u1 is [redacted], [redacted], [redacted], Adamant, [redacted].");
        }
    }

    @Test
    void aReasonDoesNotQuoteWhatIsRedactedHoweverItIsCutOff() throws IOException {
        String phrase = "a \"quoted\" phrase about Ada Lovelace that is longer than a reason quotes, by far";
        ObjectNode event = entered("u1").json();
        event.withObject("/traits").put("vip_customers", phrase);
        try (RunningBundle bundle = start("audiences.dead-letter.redact", "$.traits.vip_customers")) {
            Reply reply = bundle.post(event.toString());
            assertThat(reply.reason(0)).as("its sender knows it").contains("Ada");
            assertThat(JSON.readTree(lines().get(0)).path("reason").asText())
                    .isEqualTo("traits_or_props: expected true or false under vip_customers, found \"[redacted]….");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"redact", "hash"})
    void whatCouldNotBeReadAsAnEventIsLeftOutAndCannotBeReplayed(String how) throws IOException {
        String[] properties =
                how.equals("redact") ? new String[] {"audiences.dead-letter.redact", "$.traits.email"} : hashing();
        try (RunningBundle bundle = start(properties)) {
            bundle.post(array("\"ada@example.com\"", entered("u1")));
            bundle.send(bundle.request("/v1/events", "application/x-ndjson")
                    .POST(BodyPublishers.ofString("ada_lovelace\n" + entered("u2")))
                    .build());
            assertThat(lines()).hasSize(2).allSatisfy(line -> {
                JsonNode letter = JSON.readTree(line);
                assertThat(letter.path("omitted").asText())
                        .startsWith("The event could not be read, so its personal data cannot be found: all of its")
                        .contains("audiences.dead-letter.redact");
                assertThat(letter.has("text") || letter.has("base64") || letter.has("event"))
                        .isFalse();
                assertThat(line).doesNotContain("lovelace", "example.com");
            });
            Reply reply = bundle.replay(
                    "?force=true", lines().get(0), letter(entered("u3").json()));
            assertThat(reply.count("delivered")).isEqualTo(1);
            assertThat(reply.reason(0)).startsWith("The dead letter cannot be replayed: its event could not be read");
        }
    }

    @Test
    void aRedactedLetterCanBeReplayedUnlessItsMappingNeedsWhatIsGone() {
        String mapping = "audiences.mapping.sync-engage-audience.";
        try (RunningBundle bundle = start(
                mapping + "context-key",
                "user_id_then_email",
                mapping + "trigger",
                "type = \"identify\" and traits.plan != \"free\"",
                mapping + "membership",
                "segment")) {
            ObjectNode good = entered("good").email("[redacted]").json();
            ObjectNode noKey = entered("[redacted]").json();
            ObjectNode noEmail = entered("").email("[redacted]").json();
            ObjectNode noTime = entered("u1").json().put("timestamp", "[redacted]");
            ObjectNode noPlan = entered("u1").json();
            noPlan.withObject("/traits").put("plan", "[redacted]");
            ObjectNode noMembership = entered("u1").json();
            noMembership.withObject("/traits").put("vip_customers", "[redacted]");
            ObjectNode noTraits = entered("u1").json().put("traits", "[redacted]");
            ObjectNode noAudience = entered("u1").json();
            noAudience.withObject("/context").put("personas", "[redacted]");
            Reply reply = bundle.replay(
                    "?force=true",
                    Stream.of(good, noKey, noEmail, noTime, noPlan, noMembership, noTraits, noAudience)
                            .map(event -> letter(event).put("mapping", "sync-engage-audience"))
                            .toArray());
            assertThat(reply.count("delivered")).isEqualTo(1);
            assertThat(launchDarkly.requests().get(0).members()).containsExactly("good");
            assertThat(launchDarkly.requests()).hasSize(1);
            assertThat(reply.json().findValuesAsText("reason")).hasSize(7).allSatisfy(reason -> assertThat(reason)
                    .startsWith("The dead letter cannot be replayed: the mapping sync-engage-audience needs $.")
                    .endsWith("Send the event again from its source."));
            assertThat(reply.reason(0)).contains("$.userId");
            // What comes live means what it says.
            assertThat(bundle.post(noKey.toString()).count("delivered")).isEqualTo(1);
        }
    }

    @Test
    void contextKeysAreHashedWhereverAMappingTakesThemFromAndNoHashBecomesAKey() throws Exception {
        launchDarkly.answer(request -> answer("ada is unknown"));
        try (RunningBundle bundle = start(hashing(
                "audiences.mapping.crm.segment-user-id", "$.context.crm_id",
                "audiences.mapping.lists.preset", "rudderstack-audience-list",
                "audiences.mapping.lists.segment-audience-id", "$.context.audienceId",
                "audiences.mapping.lists.segment-audience-key", "$.context.audienceId",
                "audiences.mapping.lists.trigger", "type = \"audiencelist\""))) {
            ObjectNode event =
                    entered("ada").anonymous("anon-1").email("ada@example.com").json();
            event.withObject("/context").put("crm_id", 12345678901234567L);
            assertThat(bundle.post(array(event, entered("ada"))).count("rejected"))
                    .isEqualTo(2);
            JsonNode letter = JSON.readTree(lines().stream()
                    .filter(line -> line.contains("crm_id"))
                    .findFirst()
                    .orElseThrow());
            assertThat(letter.at("/event/userId").asText()).isEqualTo("hmac-sha256:" + hmac("ada"));
            assertThat(letter.at("/event/anonymousId").asText()).isEqualTo("hmac-sha256:" + hmac("anon-1"));
            assertThat(letter.at("/event/context/crm_id").asText())
                    .isEqualTo("hmac-sha256:" + hmac("12345678901234567"));
            assertThat(letter.at("/event/traits/email").asText())
                    .as("is no key here")
                    .isEqualTo("ada@example.com");
            assertThat(letter.at("/answer/message").asText()).isEqualTo("hmac-sha256:" + hmac("ada") + " is unknown");

            launchDarkly.answer(request -> Answer.of(204));
            launchDarkly.requests().clear();
            Reply reply = bundle.replay("?force=true", letter);
            assertThat(reply.count("rejected")).isEqualTo(1);
            assertThat(reply.reason(0)).startsWith("The dead letter cannot be replayed: the mapping ");
            assertThat(launchDarkly.requests()).isEmpty();
            List<String> lines = lines();
            JsonNode again = JSON.readTree(lines.get(lines.size() - 1));
            assertThat(again.path("event")).as("hashed once").isEqualTo(letter.path("event"));

            String list = "{'type':'audiencelist','context':{'audienceId':'a'},'properties':{'listData':{"
                    + "'add':[{'identifier':'ada'},{'identifier':{'x':1}}],'remove':[{'identifier':'bob'}]}}}";
            bundle.post(list.replace('\'', '"'));
            lines = lines();
            assertThat(lines.get(lines.size() - 1))
                    .contains(hmac("ada"), hmac("bob"))
                    .doesNotContain("\"bob\"");
        }
    }

    @Test
    void redactedAndHashedLettersStayUnusableWhenTheConfigurationForgetsBoth() throws IOException {
        launchDarkly.answer(request -> Answer.of(400));
        String letter;
        try (RunningBundle bundle = start(hashing("audiences.dead-letter.redact", "$.userId"))) {
            bundle.post(entered("ada").anonymous("anon-1").toString());
            letter = lines().get(0);
            assertThat(letter).contains("\"userId\":\"[redacted]\"").doesNotContain("\"ada\"");
        }
        launchDarkly.answer(request -> Answer.of(204));
        launchDarkly.requests().clear();
        try (RunningBundle bundle =
                start("audiences.mapping.sync-engage-audience.context-key", "user_id_then_anonymousId")) {
            String anonymous = letter.replace("\"userId\":\"[redacted]\",", "");
            assertThat(bundle.replay("?force=true", letter, anonymous).count("rejected"))
                    .isEqualTo(2);
            assertThat(launchDarkly.requests()).isEmpty();
        }
    }

    @Test
    void aBadPathStopsTheStart() {
        assertThatThrownBy(() -> start("audiences.dead-letter.redact", "$.a['b, c'], traits.email")
                        .close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(
                        "audiences.dead-letter.redact=$.a['b, c'], traits.email is not allowed; allowed is paths"
                                + " that begin with $., such as $.traits.email, separated by commas; or empty."
                                + " ('traits.email' is not a path: it must begin with $.)");
    }

    @Test
    void hashingNeedsASalt() {
        assertThatThrownBy(() ->
                        start("audiences.dead-letter.context-keys", "hash").close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(
                        "audiences.dead-letter.context-keys=hash is not allowed; allowed is plain, or hash"
                                + " with audiences.dead-letter.context-key-salt of at least 16 characters");
        assertThatThrownBy(
                        () -> start("audiences.dead-letter.context-keys", "md5").close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("allowed is one of plain, hash");
    }

    @Test
    void aPersonWhoIsForgottenIsFoundByTheirHash() throws IOException {
        launchDarkly.answer(request -> Answer.of(400));
        try (RunningBundle bundle = start(hashing(
                "audiences.dead-letter.uri",
                "file:" + folder.resolve("letters"),
                "audiences.store",
                "file",
                "audiences.store.file",
                folder.resolve("memberships.db").toString(),
                "audiences.store.forget",
                "on"))) {
            assertThat(bundle.post(array(entered("ada"), entered("bob"))).count("rejected"))
                    .isEqualTo(2);
            Reply reply = bundle.send(bundle.request("/v1/memberships?contextKey=ada", "application/json")
                    .DELETE()
                    .build());
            assertThat(reply.json().at("/removed/deadLetters").asInt())
                    .as(reply.response().body())
                    .isEqualTo(1);
            try (Stream<Path> files = Files.list(folder.resolve("letters"))) {
                assertThat(files.toList()).singleElement().satisfies(file -> assertThat(Files.readAllLines(file))
                        .hasSize(1));
            }
        }
    }

    private static String[] hashing(String... more) {
        return Stream.concat(
                        Stream.of(
                                "audiences.dead-letter.context-keys",
                                "hash",
                                "audiences.dead-letter.context-key-salt",
                                SALT),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    private RunningBundle start(String... properties) {
        return RunningBundle.startAgainst(
                launchDarkly,
                Stream.concat(
                                Stream.of(
                                        "audiences.replay", "on",
                                        "audiences.inbound.http.reply-timeout-ms", "60000",
                                        "audiences.dead-letter.uri", "file:" + folder + "?fileName=letters.ndjson"),
                                Stream.of(properties))
                        .toArray(String[]::new));
    }

    private static Answer answer(String message) {
        return new Answer(400, "{\"message\":\"" + message + "\"}", "Content-Type", "application/json");
    }

    private static ObjectNode letter(ObjectNode event) {
        ObjectNode letter =
                JSON.createObjectNode().put("time", "2026-01-02T00:00:00Z").put("reason", "because");
        letter.set("event", event);
        return letter;
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(folder.resolve("letters.ndjson"));
    }

    private static String hmac(String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SALT.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }
}
