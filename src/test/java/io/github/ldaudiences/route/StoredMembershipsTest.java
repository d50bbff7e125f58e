package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.identify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.command.store.MembershipsCommand;
import io.github.ldaudiences.command.store.ResyncCommand;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.Latches;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.PostgresServer;
import io.github.ldaudiences.fixture.Printed;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the membership store holds can be looked up, forgotten and sent again. */
@Tag("store")
class StoredMembershipsTest {

    private enum Kind {
        FILE,
        JDBC
    }

    private static final Map<Kind, Map<String, String>> PROPERTIES = new EnumMap<>(Kind.class);
    private static final Map<Kind, RunningBundle> BUNDLES = new EnumMap<>(Kind.class);
    private static final LaunchDarklyStub LAUNCH_DARKLY = new LaunchDarklyStub();

    private static final Duration SOON = Duration.ofSeconds(30);

    private static PostgresServer postgres;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() {
        postgres = new PostgresServer(folder.resolve("data"));
        PROPERTIES.put(
                Kind.FILE,
                Map.of(
                        "audiences.store",
                        "file",
                        "audiences.store.file",
                        folder.resolve("memberships.db").toString()));
        PROPERTIES.put(
                Kind.JDBC,
                Map.of(
                        "audiences.store",
                        "jdbc",
                        "audiences.store.url",
                        postgres.newDatabase("store"),
                        "audiences.store.user",
                        "postgres",
                        "audiences.store.timeout-ms",
                        "1000"));
        PROPERTIES.forEach((kind, properties) -> {
            List<String> all = new ArrayList<>(List.of(
                    "audiences.store.lookup",
                    "on",
                    "audiences.store.forget",
                    "on",
                    "audiences.store.resync",
                    "on",
                    "audiences.dead-letter.max-wait-ms",
                    "10",
                    "audiences.dead-letter.uri",
                    "file:" + letters(kind)));
            properties.forEach((key, value) -> all.addAll(List.of(key, value)));
            LaunchDarklyStub.destinationAt(LAUNCH_DARKLY.url())
                    .forEach((key, value) -> all.addAll(List.of(
                            key.replace(".launchdarkly.", ".second."),
                            key.endsWith("client-side-id") ? "second-environment" : value)));
            BUNDLES.put(kind, RunningBundle.startAgainst(LAUNCH_DARKLY, all.toArray(String[]::new)));
        });
    }

    @AfterAll
    static void stop() {
        BUNDLES.values().forEach(RunningBundle::close);
        postgres.close();
        LAUNCH_DARKLY.close();
    }

    @AfterEach
    void launchDarklyTakesEverything() {
        LAUNCH_DARKLY.answer(request -> LaunchDarklyStub.Answer.of(204));
    }

    @ParameterizedTest
    @EnumSource
    void aPersonIsLookedUpInAllAudiencesWithWhatSaidSoAndWhen(Kind kind) {
        delivered(
                kind,
                event("aud_person_1", "looked+up@x.org", true, 10),
                event("aud_person_2", "looked+up@x.org", false, 20),
                event("aud_person_1", "another", true, 10));
        delivered(
                kind,
                event("aud_person_1", "looked+up@x.org", true, 30),
                identify("aud_person_1", "vip", true).user("looked+up@x.org").at(20));
        JsonNode reply = lookedUp(kind, "contextKey=" + URLEncoder.encode("looked+up@x.org", StandardCharsets.UTF_8));
        assertThat(reply.path("after").isNull()).isTrue();
        boolean ordered =
                reply.at("/memberships/0/audienceId").asText().equals("aud_person_1"); // by the number of the audience
        JsonNode first = reply.at(ordered ? "/memberships/0" : "/memberships/1");
        assertThat(reply.path("memberships")).hasSize(2);
        assertThat(first.path("deliveredAt").asText()).startsWith("20");
        ((com.fasterxml.jackson.databind.node.ObjectNode) first).remove("deliveredAt");
        assertThat(first.toString())
                .isEqualTo("{\"audienceId\":\"aud_person_1\",\"audienceKey\":\"vip\",\"contextKind\":\"user\","
                        + "\"contextKey\":\"looked+up@x.org\",\"member\":true,\"since\":\"2026-01-01T00:00:00.010Z\","
                        + "\"eventTime\":\"2026-01-01T00:00:00.030Z\",\"messageId\":\"msg-30\","
                        + "\"destination\":\"launchdarkly\",\"environmentId\":\""
                        + LAUNCH_DARKLY_ENVIRONMENT + "\"}");
        assertThat(reply.at(ordered ? "/memberships/1/member" : "/memberships/0/member")
                        .asBoolean(true))
                .isFalse();
        assertThat(lookedUp(kind, "contextKey=another&audience=aud_person_2").path("memberships"))
                .isEmpty();
        assertThat(lookedUp(kind, "contextKey=another&contextKind=account").path("memberships"))
                .isEmpty();
        assertThat(lookedUp(kind, "contextKey=another&destination=launchdarkly").path("memberships"))
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void anAudienceIsLookedUpInPagesOrPrintedWhileTheBundleRuns(Kind kind) throws IOException {
        int people = 1203;
        delivered(
                kind,
                IntStream.range(0, people)
                        .mapToObj(i -> event("aud_pages", "p" + i, i % 2 == 0, 10))
                        .toArray());
        List<String> found = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = lookedUp(kind, "audience=aud_pages&limit=401" + after);
            assertThat(page.path("memberships").size()).isEqualTo(401);
            page.path("memberships")
                    .forEach(state -> found.add(state.path("contextKey").asText()));
            after = page.path("after").isNull()
                    ? null
                    : "&after=" + page.path("after").asText();
        } while (after != null);
        assertThat(found).doesNotHaveDuplicates().hasSize(people);

        Printed printed = printed(kind, "--audience", "aud_pages", "--json");
        assertThat(printed.code()).isZero();
        List<String> printedKeys = new ArrayList<>();
        for (String line : printed.out().lines().toList()) {
            printedKeys.add(new ObjectMapper().readTree(line).path("contextKey").asText());
        }
        assertThat(printedKeys).isEqualTo(found);
        assertThat(printed(kind, "--context-key", "p3", "--audience", "aud_pages")
                        .out())
                .startsWith("user p3 is not in vip (aud_pages) since 2026-01-01T00:00:00.010Z, by msg-10 of 2026");
        assertThat(printed(kind, "--context-key", "nobody").code()).isEqualTo(1);
        assertThat(printed(kind, "--context-key", "p3", "--destination", "other")
                        .err())
                .startsWith("There is no destination other. Destinations: launchdarkly");
        assertThat(printed(kind).err()).startsWith("--context-key=<key> of a person or --audience=<id> is required");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                       | The query must have contextKey=",
                "contextKind=user         | The query must have contextKey=",
                "contextKey=              | once, and with a value",
                "contextKey=a&contextKey=b| once, and with a value",
                "contextKey=a&x=1         | The query may have after, audience, contextKey, contextKind, destination, limit,",
                "contextKey=a&limit=0     | limit must be a whole number from 1 to 10000",
                "contextKey=a&after=x     | after must be the value from the previous answer",
                "contextKey=a&destination=b | destination must be one of launchdarkly",
            })
    void whatCannotBeLookedUpIsRefusedWithASentence(String query, String sentence) {
        Reply reply = get(Kind.FILE, query);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).contains(sentence);
        assertThat(reply.json().path("code").asText()).isEqualTo("query_invalid");
    }

    @Test
    void anotherMethodIsRefusedAndSoIsABody() {
        Reply reply = send(Kind.FILE, "POST", "/v1/memberships?contextKey=a", "{}");
        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.header("Allow")).contains("GET");
        assertThat(send(Kind.FILE, "GET", "/v1/memberships?contextKey=a", "{}").error())
                .contains("no body");
    }

    @Test
    void aStoreThatIsAwayIsSaidToBeAway() {
        postgres.stop();
        try {
            Reply reply = get(Kind.JDBC, "contextKey=a");
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.header("Retry-After")).isNotNull();
            assertThat(reply.json().path("code").asText()).isEqualTo("store_unavailable");
            assertThat(reply.error()).startsWith("The store cannot be reached: ");
        } finally {
            postgres.start();
        }
        await().atMost(SOON).until(() -> get(Kind.JDBC, "contextKey=a").status() == 200);
    }

    @ParameterizedTest
    @EnumSource
    void aPersonIsForgottenAndNobodyElse(Kind kind) throws Exception {
        String person = "forget-me-" + kind;
        delivered(
                kind,
                event("aud_forget_1", person, true, 10),
                event("aud_forget_2", person, true, 10),
                event("aud_forget_3", person, false, 10),
                event("aud_forget_1", "somebody", true, 10));
        LAUNCH_DARKLY.answer(
                request -> LaunchDarklyStub.Answer.of(request.body().contains("aud_refused") ? 400 : 204));
        AudienceEvent mention = identify("aud_forget_1", "vip", true);
        mention.json().put("note", person);
        BUNDLES.get(kind)
                .post(array(
                        event("aud_refused", person, true, 10),
                        event("aud_refused", "somebody", true, 20),
                        mention,
                        event("aud_refused_too", person, true, 30)));
        assertThat(letters(kind, person)).isEqualTo(3);

        Set<String> written = ConcurrentHashMap.newKeySet();
        Thread writer = new Thread(() -> {
            for (int i = 0; !Thread.interrupted(); i++) {
                AudienceEvent bad = identify("aud_forget_1", "vip", true);
                bad.json().put("messageId", "meanwhile-" + i + "-");
                if (BUNDLES.get(kind).post(bad.toString()).status() == 200) {
                    written.add("meanwhile-" + i + "-");
                }
            }
        });
        writer.start();
        await().atMost(SOON).until(() -> written.size() > 3);
        int requests = LAUNCH_DARKLY.requests().size();
        Reply reply = send(kind, "DELETE", "/v1/memberships?segments=remove&contextKey=" + person, "");
        int soFar = written.size();
        await().atMost(SOON).until(() -> written.size() > soFar + 3);
        writer.interrupt();
        writer.join();

        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        JsonNode removed = reply.json().path("removed");
        assertThat(removed.path("segments").asInt()).isEqualTo(2);
        assertThat(removed.path("deadLetters").asInt()).isEqualTo(2);
        assertThat(removed.path("store").asInt()).isEqualTo(3);
        assertThat(removed.path("memory").asInt()).isGreaterThanOrEqualTo(3);
        assertThat(reply.json().path("notDone").toString())
                .contains("1 dead letter(s) mention the person", "dead-letter-20")
                .satisfies(text -> assertThat(text.contains("Other processes")).isEqualTo(kind == Kind.JDBC));
        assertThat(LAUNCH_DARKLY
                        .requests()
                        .subList(requests, LAUNCH_DARKLY.requests().size()))
                .extracting(LaunchDarklyStub.Request::body)
                .hasSize(2)
                .allMatch(body -> body.contains(person) && body.contains("\"value\":false"))
                .anyMatch(body -> body.contains("aud_forget_1"))
                .anyMatch(body -> body.contains("aud_forget_2"));

        assertThat(lookedUp(kind, "contextKey=" + person).path("memberships")).isEmpty();
        assertThat(lookedUp(kind, "audience=aud_forget_1").path("memberships")).hasSize(1);
        assertThat(letters(kind, person)).as("the one that mentions them").isEqualTo(1);
        assertThat(letters(kind, "somebody")).isEqualTo(1);
        List<String> lines = letterLines(kind);
        for (String letter : written) {
            assertThat(lines.stream().filter(line -> line.contains(letter)))
                    .as(letter)
                    .hasSize(1);
        }
        if (kind == Kind.FILE) {
            vacuum();
            for (String suffix : List.of("", "-wal")) {
                assertThat(Files.readString(folder.resolve("memberships.db" + suffix), StandardCharsets.ISO_8859_1))
                        .doesNotContain(person);
            }
        }
        assertThat(send(kind, "DELETE", "/v1/memberships?contextKey=" + person, "")
                        .json()
                        .path("removed")
                        .toString())
                .isEqualTo("{\"deadLetters\":0,\"store\":0,\"memory\":0}");
    }

    /** As the documentation says, for the copies that SQLite leaves where it has moved rows. */
    private static void vacuum() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("memberships.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 30000");
            statement.execute("VACUUM");
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    @Test
    void whatIsLeftOfAPersonIsSaid() throws IOException {
        delivered(Kind.FILE, event("aud_kind", "of-a-kind", true, 10));
        assertThat(send(Kind.FILE, "DELETE", "/v1/memberships?contextKey=of-a-kind&contextKind=account", "")
                        .json()
                        .path("removed")
                        .toString())
                .isEqualTo("{\"deadLetters\":0,\"store\":0,\"memory\":0}");
        LAUNCH_DARKLY.answer(request -> LaunchDarklyStub.Answer.of(400));
        Reply reply = send(Kind.FILE, "DELETE", "/v1/memberships?contextKey=of-a-kind&segments=remove", "");
        assertThat(reply.json().at("/removed/segments").asInt(-1)).isZero();
        assertThat(reply.json().at("/removed/deadLetters").asInt())
                .as("the removal itself")
                .isEqualTo(1);
        assertThat(reply.json().at("/notDone/0").asText())
                .startsWith("LaunchDarkly refuses to take the person out of 1 segment(s)");
        assertThat(send(Kind.FILE, "DELETE", "/v1/memberships?contextKey=a&segments=yes", "")
                        .error())
                .isEqualTo("segments must be one of keep, remove.");
        assertThat(send(Kind.FILE, "DELETE", "/v1/memberships", "").error())
                .startsWith("The query must have contextKey");
    }

    @ParameterizedTest
    @EnumSource
    void anEmptiedEnvironmentIsFilledFromTheStore(Kind kind) {
        int people = 2300;
        delivered(
                kind,
                IntStream.range(0, people)
                        .mapToObj(i -> event("aud_resync", "p" + i, i > 0, 10))
                        .toArray());
        int before = LAUNCH_DARKLY.requests().size();
        Printed printed =
                printed(ResyncCommand::new, PROPERTIES.get(kind), "--audience=aud_resync", "--url=" + resyncUrl(kind));
        assertThat(printed.err()).isEmpty();
        assertThat(printed.code()).isZero();
        assertThat(printed.out().lines()).last().isEqualTo("done: 2300 of 2300 sent");
        assertThat(membersSince(before, LAUNCH_DARKLY_ENVIRONMENT))
                .hasSize(people)
                .containsEntry("p0", false)
                .containsEntry("p1", true);

        int again = LAUNCH_DARKLY.requests().size();
        assertThat(resync(kind, "POST", "?audience=aud_resync&destination=launchdarkly&to=second")
                        .status())
                .isEqualTo(202);
        JsonNode progress = resynced(kind);
        assertThat(progress.path("sent").asInt()).isEqualTo(people);
        assertThat(progress.path("read").asInt()).isEqualTo(people);
        assertThat(progress.path("startedAt").asText()).matches("20[0-9T:-]+([.][0-9]{3})?Z");
        assertThat(membersSince(again, "second-environment")).hasSize(people).containsEntry("p0", false);
        assertThat(lookedUp(kind, "contextKey=p7&audience=aud_resync").path("memberships"))
                .hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void aResyncUndoesNothingThatHappensMeanwhileAndCanBeInterrupted(Kind kind) throws Exception {
        int people = 9000;
        for (int from = 0; from < people; from += 1500) {
            delivered(
                    kind,
                    IntStream.range(from, from + 1500)
                            .mapToObj(i -> event("aud_meanwhile", "p" + i, true, 10))
                            .toArray());
        }
        CountDownLatch held = new CountDownLatch(1);
        LAUNCH_DARKLY.answer(request -> {
            Latches.await(held);
            return LaunchDarklyStub.Answer.of(204);
        });
        int before = LAUNCH_DARKLY.requests().size();
        try {
            assertThat(resync(kind, "POST", "?audience=aud_meanwhile").status()).isEqualTo(202);
            await().atMost(SOON).until(() -> LAUNCH_DARKLY.requests().size() > before);
            Reply second = resync(kind, "POST", "");
            assertThat(second.status()).isEqualTo(409);
            assertThat(second.json().path("code").asText()).isEqualTo("resync_running");
            JsonNode running = resync(kind, "GET", "").json();
            assertThat(running.path("running").asBoolean()).isTrue();
            assertThat(running.path("of").asInt()).isEqualTo(people);
            assertThat(running.path("read").asInt()).as("no more is in memory").isLessThanOrEqualTo(4000);

            var live = BUNDLES.get(kind)
                    .postAsync(
                            array(event("aud_meanwhile", "p0", false, 50), event("aud_meanwhile", "p8999", false, 50)));
            assertThat(resync(kind, "DELETE", "").json().path("state").asText()).isEqualTo("interrupted");
            held.countDown();
            assertThat(live.get().count("delivered")).isEqualTo(2);
        } finally {
            held.countDown();
        }
        assertThat(membersSince(before, LAUNCH_DARKLY_ENVIRONMENT))
                .containsEntry("p0", false)
                .containsEntry("p8999", false)
                .hasSizeLessThan(people);

        assertThat(resync(kind, "POST", "?audience=aud_meanwhile").status()).isEqualTo(202);
        assertThat(resynced(kind).path("sent").asInt()).isEqualTo(people);
        assertThat(membersSince(before, LAUNCH_DARKLY_ENVIRONMENT))
                .containsEntry("p0", false)
                .containsEntry("p8999", false)
                .hasSize(people);
        assertThat(lookedUp(kind, "contextKey=p8999&audience=aud_meanwhile")
                        .at("/memberships/0/messageId")
                        .asText())
                .isEqualTo("msg-50");
    }

    @ParameterizedTest
    @EnumSource
    void nobodyIsForgottenAndNothingIsSentAgainWithoutAnError(Kind kind) {
        Reply forgotten = send(kind, "DELETE", "/v1/memberships?segments=remove&contextKey=never-heard-of", "");
        assertThat(forgotten.json().path("removed").toString())
                .isEqualTo("{\"segments\":0,\"deadLetters\":0,\"store\":0,\"memory\":0}");
        assertThat(resync(kind, "POST", "?audience=aud_never_heard_of").status())
                .isEqualTo(202);
        JsonNode progress = resynced(kind);
        assertThat(progress.path("sent").asInt(-1)).isZero();
        assertThat(progress.path("of").asInt(-1)).isZero();
    }

    @Test
    void aResyncOfWhatIsNotThereIsRefused() {
        assertThat(resync(Kind.FILE, "POST", "?destination=none").error())
                .isEqualTo("destination must be one of launchdarkly, second.");
        assertThat(resync(Kind.FILE, "POST", "?to=second").error()).contains("must also have destination=");
        assertThat(resync(Kind.FILE, "POST", "?contextKey=a").error())
                .contains("audience, contextKind, destination, to");
        Printed refused =
                printed(ResyncCommand::new, PROPERTIES.get(Kind.FILE), "--to=second", "--url=" + resyncUrl(Kind.FILE));
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("cannot be asked: status 400. With to=");
    }

    @Test
    void withoutAStoreThereIsNothingToLookInto() {
        assertThatThrownBy(() -> RunningBundle.startAgainst(LAUNCH_DARKLY, "audiences.store.lookup", "on")
                        .close())
                .hasStackTraceContaining("audiences.store.lookup=on is not allowed while audiences.store=memory");
        assertThat(printed(Map.of(), "--context-key", "a").err()).contains("There is no store to read");
        assertThat(printed(
                                Map.of("audiences.store", "file", "audiences.store.file", "target/none.db"),
                                "--context-key",
                                "a")
                        .err())
                .contains("audiences.store.file=target/none.db is not allowed; allowed is a file that exists");
    }

    private static final String LAUNCH_DARKLY_ENVIRONMENT =
            LaunchDarklyStub.destinationAt("http://localhost").get("audiences.destination.launchdarkly.client-side-id");

    private static AudienceEvent event(String audience, String person, boolean member, long at) {
        AudienceEvent event = identify(audience, "vip", member).user(person).at(at);
        event.json().put("messageId", "msg-" + at);
        return event;
    }

    private static Reply resync(Kind kind, String method, String query) {
        return send(kind, method, "/v1/resync" + query, "");
    }

    /** The progress at the end. */
    private static JsonNode resynced(Kind kind) {
        await().atMost(SOON)
                .until(() -> !resync(kind, "GET", "").json().path("running").asBoolean());
        JsonNode progress = resync(kind, "GET", "").json();
        assertThat(progress.path("state").asText()).isEqualTo("done");
        return progress;
    }

    private static String resyncUrl(Kind kind) {
        return "http://127.0.0.1:" + BUNDLES.get(kind).port() + "/v1/resync";
    }

    /** The last that an environment was told of each person. */
    private static Map<String, Boolean> membersSince(int requests, String environment) {
        Map<String, Boolean> members = new HashMap<>();
        List<LaunchDarklyStub.Request> all = LAUNCH_DARKLY.requests();
        for (LaunchDarklyStub.Request request : all.subList(requests, all.size())) {
            JsonNode json = request.json();
            if (json.path("environmentId").asText().equals(environment)) {
                json.path("batch")
                        .forEach(member -> members.put(
                                member.path("userId").asText(),
                                member.path("value").asBoolean()));
            }
        }
        return members;
    }

    private static Path letters(Kind kind) {
        return folder.resolve("letters-" + kind);
    }

    /** Letters that hold a text. */
    private static long letters(Kind kind, String text) throws IOException {
        return letterLines(kind).stream().filter(line -> line.contains(text)).count();
    }

    private static List<String> letterLines(Kind kind) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(letters(kind))) {
            for (Path file : files.toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        return lines;
    }

    private static void delivered(Kind kind, Object... events) {
        Reply reply = BUNDLES.get(kind).post(array(events));
        assertThat(reply.count("delivered")).as(reply.response().body()).isEqualTo(events.length);
    }

    private static JsonNode lookedUp(Kind kind, String query) {
        Reply reply = get(kind, query);
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        return reply.json();
    }

    private static Reply get(Kind kind, String query) {
        return send(kind, "GET", "/v1/memberships?" + query, "");
    }

    private static Reply send(Kind kind, String method, String path, String body) {
        RunningBundle bundle = BUNDLES.get(kind);
        return bundle.send(bundle.request(path, "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build());
    }

    private static Printed printed(Kind kind, String... options) {
        return printed(PROPERTIES.get(kind), options);
    }

    private static Printed printed(Map<String, String> properties, String... options) {
        return printed(MembershipsCommand::new, properties, options);
    }

    private static Printed printed(Printed.Command command, Map<String, String> properties, String... options) {
        Map<String, String> all = new HashMap<>(LaunchDarklyStub.destinationAt("http://localhost"));
        all.putAll(properties);
        return Printed.by(command, all, options);
    }
}
