package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static io.github.ldaudiences.fixture.AudienceEvent.identify;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.LaunchDarklyStub.Answer;
import io.github.ldaudiences.fixture.RawConnection;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dead letters on the console: looked at, searched, and sent again. */
@Tag("observe")
class ConsoleDeadLettersTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PORT = FreePort.find();
    private static final LaunchDarklyStub LAUNCHDARKLY = new LaunchDarklyStub();
    private static RunningBundle bundle;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() {
        bundle = RunningBundle.startAgainst(
                LAUNCHDARKLY,
                "camel.management.port",
                Integer.toString(PORT),
                "audiences.dead-letter.uri",
                "file:" + folder,
                "audiences.console.actions",
                "on");
    }

    @AfterAll
    static void stop() {
        bundle.close();
        LAUNCHDARKLY.close();
    }

    @BeforeEach
    void empty() throws IOException {
        for (Path file : files()) {
            Files.delete(file);
        }
    }

    @Test
    void lettersArePagedFromTheNewestToTheOldestWhileOthersAreWritten() {
        for (int i = 0; i < 5; i++) {
            reject("u" + i);
        }
        JsonNode first = get("?limit=2");
        assertThat(messageIds(first)).containsExactly("msg-u4", "msg-u3");
        reject("late");
        JsonNode second = get("?limit=2&after=" + first.path("after").asText());
        assertThat(messageIds(second)).containsExactly("msg-u2", "msg-u1");
        JsonNode third = get("?limit=2&after=" + second.path("after").asText());
        assertThat(messageIds(third)).containsExactly("msg-u0");
        assertThat(third.path("after").isNull()).isTrue();
    }

    @Test
    void lettersAreFoundByEachFieldOfASelection() {
        reject("u1");
        AudienceEvent other = identify("aud_2", "other_key", true);
        other.json().put("messageId", "msg-other");
        bundle.post(other.toString()); // nobody's
        JsonNode newest = get("?limit=1").at("/letters/0");
        assertThat(newest.path("audienceId").asText()).isEqualTo("aud_2");
        assertThat(newest.path("audienceKey").asText()).isEqualTo("other_key");
        assertThat(newest.has("event")).isFalse();

        for (String query : List.of(
                "?code=context_key_missing",
                "?audience=aud_2",
                "?audience=other_key",
                "?messageId=msg-other",
                "?text=" + URLEncoder.encode("OTHER_KEY", StandardCharsets.UTF_8),
                "?mapping=sync-engage-audience&audience=aud_2&from=2020-01-01&to=2999-01-01",
                "?from=" + newest.path("time").asText())) {
            assertThat(messageIds(get(query))).as(query).containsExactly("msg-other");
        }
        for (String query : List.of("?mapping=none", "?to=2020-01-01", "?from=2999-01-01", "?audience=aud_3")) {
            assertThat(messageIds(get(query))).as(query).isEmpty();
        }
        JsonNode summary = get("/summary");
        assertThat(summary.path("letters").asInt()).isEqualTo(2);
        assertThat(summary.path("complete").asBoolean()).isTrue();
        assertThat(summary.at("/byMappingAndCode/0/mapping").asText()).isEqualTo("sync-engage-audience");
        assertThat(summary.path("byMappingAndCode")).hasSize(2);
        assertThat(get("/summary?audience=aud_2").path("letters").asInt()).isEqualTo(1);
    }

    @Test
    void aLetterIsShownWithItsEventAsItWasWritten() throws IOException {
        reject("u1");
        String id = get("").at("/letters/0/id").asText();
        assertThat(get("/" + id)).isEqualTo(JSON.readTree(Files.readString(files().get(0))));
        assertThat(reply("/0190a8d0-0000-7000-8000-000000000000").status()).isEqualTo(404);
    }

    @Test
    void markupInALetterStaysText() {
        AudienceEvent event = entered("<script>alert(1)</script>");
        event.json().withObject("/traits").put("vip_customers", "</script><img src=x onerror=alert(1)>");
        event.json().put("messageId", "<b>id</b>");
        bundle.post(event.toString());
        Reply reply = reply("");
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
        assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(reply.json().at("/letters/0/messageId").asText()).isEqualTo("<b>id</b>");
        assertThat(get("/" + reply.json().at("/letters/0/id").asText())
                        .at("/event/userId")
                        .asText())
                .isEqualTo("<script>alert(1)</script>");
    }

    @Test
    void halfLinesAndWhatIsNoLetterArePassedOver() throws IOException {
        reject("u1");
        Path file = files().get(0);
        String line = Files.readString(file);
        Files.writeString(
                file,
                "no json\n{\"some\":\"json\"}\n" + line + "\n\u0000\n" + line.substring(0, 100),
                StandardOpenOption.TRUNCATE_EXISTING);
        Files.writeString(folder.resolve("notes.txt"), line);
        assertThat(messageIds(get(""))).containsExactly("msg-u1");
        reject("u2");
        assertThat(messageIds(get(""))).containsExactly("msg-u2", "msg-u1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?after=x",
                "?after=..%2F..%2Fetc%2Fpasswd.1",
                "?after=20260101-001.-1",
                "?after=20260101-001.99999999999999999999",
                "?limit=0",
                "?limit=201",
                "?from=yesterday",
                "?to=2026-13-01",
                "?file=x",
                "?code=",
                "?code=a&code=b",
                "/summary?limit=1"
            })
    void whatIsNoSelectionIsRefused(String query) {
        Reply reply = reply(query);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("code").asText()).isEqualTo("query_invalid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/..%2f..%2fpom.xml", "/%2e%2e/%2e%2e/pom.xml", "/a.b", "/%00", "/a/b", "/"})
    void noPathLeadsOutOfTheFolder(String path) {
        try (RawConnection connection = RawConnection.to(PORT)) {
            RawConnection.Answer answer = connection
                    .send("GET /console/api/dead-letters" + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .answer();
            assertThat(answer.status()).isIn(400, 404);
            assertThat(answer.body()).doesNotContain("<project");
        }
    }

    @Test
    void aCursorOfAFileThatIsGoneGoesOnWithTheOlderOnes() {
        reject("u1");
        assertThat(messageIds(get("?after=29990101-001.5"))).containsExactly("msg-u1");
        assertThat(messageIds(get("?after=20000101-001.5"))).isEmpty();
    }

    @Test
    void lettersAreSentAgainByTheirIds() {
        LAUNCHDARKLY.answer(request -> Answer.of(400));
        bundle.post(entered("again").toString());
        LAUNCHDARKLY.answer(request -> Answer.of(204));
        String id = get("?limit=1").at("/letters/0/id").asText();
        int before = LAUNCHDARKLY.requests().size();

        Reply reply = replay("{\"ids\":[\"" + id + "\"]}");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.count("delivered")).isEqualTo(1);
        assertThat(LAUNCHDARKLY.requests().get(before).members()).containsExactly("again");
        assertThat(messageIds(get(""))).as("letters stay where they are").hasSize(1);
    }

    @Test
    void aSelectionIsSentAgainOnlyIfItHasWhatWasConfirmed() {
        reject("u1");
        reject("u2");
        Reply changed = replay("{\"selection\":{\"code\":\"membership_not_boolean\"},\"count\":1}");
        assertThat(changed.status()).isEqualTo(409);
        assertThat(changed.json().path("code").asText()).isEqualTo("selection_changed");
        assertThat(get("").path("letters")).hasSize(2);

        Reply sent = replay("{\"selection\":{\"code\":\"membership_not_boolean\"},\"count\":2}");
        assertThat(sent.count("rejected")).isEqualTo(2);
        assertThat(get("?limit=1").at("/letters/0/replayOf").asText())
                .isEqualTo(get("").at("/letters/2/id").asText());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}",
                "[]",
                "{\"ids\":[]}",
                "{\"ids\":[1]}",
                "{\"ids\":\"x\"}",
                "{\"ids\":[\"../x\"]}",
                "{\"ids\":[\"x\"],\"selection\":{},\"count\":1}",
                "{\"ids\":[\"x\"],\"count\":1}",
                "{\"selection\":{}}",
                "{\"selection\":{},\"count\":0}",
                "{\"selection\":{},\"count\":1.5}",
                "{\"selection\":{},\"count\":1000000}",
                "{\"selection\":{\"file\":\"x\"},\"count\":1}",
                "{\"selection\":{\"from\":\"x\"},\"count\":1}",
                "{\"ids\":[\"x\"],\"force\":\"yes\"}",
                "{\"ids\":[\"x\"]} {}",
                "{\"ids\":[\"x\"],\"ids\":[\"y\"]}",
                "ids=x"
            })
    void whatIsNoReplayIsRefused(String body) {
        assertThat(replay(body).status()).isEqualTo(400);
    }

    @Test
    void unknownIdsSendNothing() {
        reject("u1");
        String id = get("").at("/letters/0/id").asText();
        Reply reply = replay("{\"ids\":[\"" + id + "\",\"unknown\"]}");
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.error()).contains("unknown").doesNotContain(id);
        assertThat(get("").path("letters")).hasSize(1);
    }

    @Test
    void aReplayMustSayThatItIsJson() {
        Reply reply = post("dead-letters/replay", "{\"ids\":[\"x\"]}", "text/plain");
        assertThat(reply.status()).isEqualTo(415);
    }

    @Test
    void aMappingIsSwitchedOffAndOn() {
        Reply off = post("mappings/sync-engage-audience", "{\"enabled\":false}", "application/json");
        assertThat(off.status()).isEqualTo(200);
        assertThat(off.json().path("note").asText()).contains("until the bundle restarts");
        assertThat(bundle.post(entered("u1").toString()).count("skipped")).isEqualTo(1);

        assertThat(post("mappings/sync-engage-audience", "{\"enabled\":true}", "application/json")
                        .status())
                .isEqualTo(200);
        assertThat(bundle.post(entered("u1").toString()).count("delivered")).isEqualTo(1);

        assertThat(post("mappings/none", "{\"enabled\":true}", "application/json")
                        .status())
                .isEqualTo(404);
        assertThat(post("mappings/sync-engage-audience", "{\"enabled\":1}", "application/json")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void withoutActionsLettersAreShownAndNothingIsDone() {
        int port = FreePort.find();
        try (RunningBundle plain = RunningBundle.start("camel.management.port", Integer.toString(port))) {
            for (String path : List.of("dead-letters/replay", "mappings/sync-engage-audience")) {
                Reply reply = plain.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/console/api/" + path))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"enabled\":false}"))
                                .build());
                assertThat(reply.status()).isEqualTo(403);
                assertThat(reply.error()).contains("audiences.console.actions");
            }
            Reply letters = plain.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/console/api/dead-letters"))
                            .build());
            assertThat(letters.status()).as("they are in one file with a name").isEqualTo(409);
            assertThat(letters.error()).contains("audiences.dead-letter.uri");
        }
    }

    private static void reject(String userId) {
        AudienceEvent event = entered(userId);
        ObjectNode json = event.json();
        json.put("messageId", "msg-" + userId).withObject("/traits").put("vip_customers", "perhaps");
        assertThat(bundle.post(event.toString()).count("rejected")).isEqualTo(1);
    }

    private static List<Path> files() throws IOException {
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static List<String> messageIds(JsonNode page) {
        List<String> ids = new ArrayList<>();
        page.path("letters").forEach(letter -> ids.add(letter.path("messageId").asText()));
        return ids;
    }

    private static JsonNode get(String rest) {
        Reply reply = reply(rest);
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        return reply.json();
    }

    private static Reply reply(String rest) {
        return bundle.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + "/console/api/dead-letters" + rest))
                        .build());
    }

    private static Reply replay(String body) {
        return post("dead-letters/replay", body, "application/json");
    }

    private static Reply post(String path, String body, String contentType) {
        return bundle.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + "/console/api/" + path))
                .header("Content-Type", contentType)
                .POST(BodyPublishers.ofString(body))
                .build());
    }
}
