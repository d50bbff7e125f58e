package io.github.ldaudiences.route;

import static io.github.ldaudiences.fixture.AudienceEvent.array;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static io.github.ldaudiences.fixture.AudienceEvent.left;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.batch.EarlierState;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.LaunchDarklyStub;
import io.github.ldaudiences.fixture.PostgresServer;
import io.github.ldaudiences.fixture.Reply;
import io.github.ldaudiences.fixture.RunningBundle;
import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.mapping.MembershipChange;
import io.github.ldaudiences.secret.Secret;
import io.github.ldaudiences.store.MembershipStore;
import io.github.ldaudiences.store.StateCursor;
import io.github.ldaudiences.store.StatePage;
import io.github.ldaudiences.store.StateQuery;
import io.github.ldaudiences.store.StoreOpening;
import io.github.ldaudiences.store.StoredState;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The newest state of each person outlives the process, in a file or in PostgreSQL. */
@Tag("store")
class MembershipStoreTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private static PostgresServer postgres;

    @TempDir
    private static Path server;

    private enum Kind {
        FILE,
        JDBC
    }

    @TempDir
    private Path folder;

    private final LaunchDarklyStub launchDarkly = new LaunchDarklyStub();
    private String url; // of the test's store, as JDBC has it

    @BeforeAll
    static void startPostgres() {
        postgres = new PostgresServer(server.resolve("data"));
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @AfterEach
    void stopLaunchDarkly() {
        launchDarkly.close();
        postgres.start(); // where a test has failed that stopped it
    }

    @ParameterizedTest
    @EnumSource
    void theNewestStateWinsAcrossARestart(Kind kind) {
        try (RunningBundle bundle = start(kind)) {
            delivered(bundle, entered("u1").at(20), left("u2").at(20));
        }
        try (RunningBundle bundle = start(kind)) {
            delivered(
                    bundle, left("u1").at(10), entered("u2").at(10), left("u3").at(10));
            assertThat(bundle.lateChanges()).isEqualTo(2);
        }
        assertThat(sent()).containsExactly("u1 true, u2 false", "u3 false");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsRepeatedAfterARestartNeedsNoRequest(Kind kind) {
        String everybody = array((Object[])
                IntStream.range(0, 1500).mapToObj(i -> entered("u" + i).at(20)).toArray());
        try (RunningBundle bundle = start(kind)) {
            assertThat(bundle.post(everybody).count("delivered")).isEqualTo(1500);
        }
        int before = launchDarkly.requests().size();
        try (RunningBundle bundle = start(kind)) {
            assertThat(explained(bundle, entered("u7").at(20)).path("repeats").toString())
                    .isEqualTo("[\"u7\"]");
            assertThat(bundle.post(everybody).count("delivered")).isEqualTo(1500);
            assertThat(bundle.repeats()).isEqualTo(1500);
            assertThat(launchDarkly.requests()).hasSize(before);
            delivered(bundle, entered("u7").at(21));
            assertThat(launchDarkly.requests()).as("a newer change").hasSize(before + 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWholeAudienceThatIsSentAgainCostsNoRequestsIfUnchangedStatesAreSkipped(Kind kind) {
        try (RunningBundle bundle = start(kind)) {
            delivered(bundle, entered("u1").at(20), left("u2").at(20));
        }
        try (RunningBundle bundle = start(kind, "audiences.batch.skip-unchanged", "true")) {
            delivered(bundle, entered("u1").at(30), left("u2").at(30));
            assertThat(sent()).as("of before").hasSize(1);
            delivered(bundle, left("u1").at(25), entered("u2").at(40));
        }
        try (RunningBundle bundle = start(kind)) {
            delivered(bundle, left("u1").at(29)); // what was confirmed at 30 is newer, even now
        }
        assertThat(sent()).containsExactly("u1 true, u2 false", "u2 true");
        assertThat(rows("SELECT context_key, member, since, event_time, message_id FROM audiences_membership"
                        + " ORDER BY context_key"))
                .satisfiesExactly(
                        row -> assertThat(row).matches("u1, (1|t), (\\d+)20, \\2?\\d*30, msg-aud_1"),
                        row -> assertThat(row).matches("u2, (1|t), \\d+40, \\d+40, msg-aud_1"));
    }

    @ParameterizedTest
    @EnumSource
    void aDeadLetterIsReplayedWithoutForceAfterARestart(Kind kind) throws SQLException {
        JsonNode letter;
        try (RunningBundle bundle = start(kind)) {
            launchDarkly.answer(
                    request -> LaunchDarklyStub.Answer.of(request.members().contains("bad") ? 400 : 204));
            assertThat(bundle.post(array(
                                    entered("bad"),
                                    entered("worse").at(10),
                                    left("good").at(20)))
                            .count("rejected"))
                    .isEqualTo(1);
            letter = bundle.deadLetters().get(0);
        }
        launchDarkly.answer(request -> LaunchDarklyStub.Answer.of(204));
        try (RunningBundle bundle = start(kind, "audiences.replay", "on")) {
            assertThat(bundle.replay("", letter).reason(0))
                    .as("older than the store")
                    .contains("?force=true");
        }
        execute("UPDATE audiences_fact SET value = 0 WHERE name = 'complete-since'"); // as if it had been there for
        // long
        try (RunningBundle bundle = start(kind, "audiences.replay", "on")) {
            assertThat(bundle.replay("", letter).count("delivered")).isEqualTo(1);
        }
        assertThat(sent()).last().isEqualTo("bad true");
    }

    @Test
    void processesThatShareADatabaseKnowWhatTheOthersHaveSent() {
        try (RunningBundle one = start(Kind.JDBC);
                RunningBundle other = start(Kind.JDBC)) {
            delivered(one, entered("u1").at(20));
            await().atMost(SOON).until(() -> rows("SELECT context_key FROM audiences_membership")
                    .contains("u1"));
            delivered(other, left("u1").at(10), entered("u1").at(20));
            assertThat(other.lateChanges()).isEqualTo(1);
        }
        assertThat(sent()).containsExactly("u1 true");
    }

    @Test
    void whileTheDatabaseIsAwayDeliveryGoesOnAndHealthSaysSo() {
        try (RunningBundle bundle = start(Kind.JDBC, "audiences.store.timeout-ms", "1000")) {
            delivered(bundle, entered("u1").at(20));
            postgres.stop();
            delivered(bundle, entered("u2").at(20));
            await().atMost(SOON).until(() -> bundle.problem("membership-store") != null);
            assertThat(bundle.problem("membership-store"))
                    .contains("The store cannot be reached", "Delivery goes on")
                    .doesNotContain("secret");
            postgres.start();
            await().atMost(SOON).until(() -> bundle.problem("membership-store") == null);
            await().atMost(SOON).until(() -> rows("SELECT context_key FROM audiences_membership ORDER BY 1")
                    .equals(List.of("u1", "u2")));
        }
    }

    @Test
    void aRequiredStoreKeepsEventsWithTheirSourceWhileItIsAway() {
        try (RunningBundle bundle =
                start(Kind.JDBC, "audiences.store.required", "true", "audiences.store.timeout-ms", "1000")) {
            postgres.stop();
            Reply reply = bundle.post(entered("u1").toString());
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.error()).contains("the membership store does not answer");
            assertThat(bundle.problem("membership-store")).contains("Events stay with their sources");
            postgres.start();
            await().atMost(SOON)
                    .until(() -> bundle.post(entered("u1").toString()).status() == 200);
        }
        assertThat(sent()).containsExactly("u1 true");
    }

    @Test
    void afterAFileWasNotClosedWhatIsRepeatedIsSentAgain() throws SQLException {
        try (RunningBundle bundle = start(Kind.FILE)) {
            delivered(bundle, entered("u1").at(20));
        }
        execute("UPDATE audiences_fact SET value = 1 WHERE name = 'open'"); // as a kill would leave it
        try (RunningBundle bundle = start(Kind.FILE)) {
            delivered(bundle, left("u1").at(10), entered("u1").at(20));
        }
        assertThat(sent()).as("never the older state").containsExactly("u1 true", "u1 true");
    }

    @ParameterizedTest
    @EnumSource
    void aStoreOfANewerVersionIsRefused(Kind kind) throws SQLException {
        start(kind).close();
        execute("INSERT INTO audiences_schema_history (installed_rank, version, description, type, script, checksum,"
                + " installed_by, execution_time, success) VALUES (99, '99', 'of the future', 'JDBC', 'x', 1, 'x', 1,"
                + (kind == Kind.FILE ? " 1)" : " true)"));
        assertThatThrownBy(() -> start(kind).close())
                .hasStackTraceContaining(kind == Kind.FILE ? "audiences.store.file=" : "audiences.store.url=")
                .hasStackTraceContaining("allowed is a store of this version of the bundle or an older one");
    }

    @ParameterizedTest
    @EnumSource
    void aStoreWithTablesThatDoNotFitIsRefusedWithTheCause(Kind kind) throws Exception {
        ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
        chooseUrl(kind);
        Files.createDirectories(folder.resolve("a"));
        execute("CREATE TABLE of_others (id INTEGER)"); // then the history begins with a row that the bundle lacks
        open(kind, writer).close();
        execute("CREATE TABLE fitting AS SELECT * FROM audiences_schema_history");
        String unknown = "INSERT INTO audiences_schema_history SELECT 99, '%s', description, type, script, checksum,"
                + " installed_by, installed_on, execution_time, success FROM fitting WHERE version = '1'";
        String change = "UPDATE audiences_schema_history SET %s WHERE version = '1'";
        String differs = "a store that a release of the bundle has created; the tables of this store differ from the"
                + " bundle's: another build has created them, or the table audiences_schema_history was changed";

        Map<String, String> allowed = Map.of(
                unknown.formatted("2"),
                "a store of this version of the bundle or an older one; this store is from a newer version",
                unknown.formatted("0.5"),
                "a store that a release of the bundle has created; this store has version 0.5 of its tables, which no"
                        + " release has: another build has created them",
                change.formatted("checksum = 7"),
                differs,
                change.formatted("description = 'tables of others'"),
                differs,
                change.formatted("type = 'SQL'"),
                differs,
                change.formatted("success = false"),
                "a store whose tables are complete; in this store, the upgrade to version 1 of its tables has failed:"
                        + " restore a copy from before the upgrade, or use a new store");
        for (Map.Entry<String, String> cause : allowed.entrySet()) {
            execute(cause.getKey());
            assertThatThrownBy(() -> open(kind, writer))
                    .as(cause.getKey())
                    .isInstanceOf(StoreOpening.StoreException.class)
                    .hasMessage(cause.getValue());
            execute("DELETE FROM audiences_schema_history");
            execute("INSERT INTO audiences_schema_history SELECT * FROM fitting");
        }
        writer.shutdown();
    }

    @Test
    void aStoreThatCannotBeOpenedStopsTheStart() throws IOException {
        url = "jdbc:postgresql://127.0.0.1:" + FreePort.find() + "/none";
        assertThatThrownBy(() -> start(Kind.JDBC, "audiences.store.password", "a-secret-password")
                        .close())
                .hasStackTraceContaining("audiences.store.url=" + url + " is not allowed; allowed is the URL of a"
                        + " PostgreSQL database that answers: ")
                .satisfies(e -> assertThat(stackTrace(e)).doesNotContain("a-secret-password"));

        url = "";
        assertThatThrownBy(() -> start(Kind.JDBC).close())
                .hasStackTraceContaining("audiences.store.url= is not allowed");
        url = "jdbc:postgresql://127.0.0.1/x?user=me&password=a-secret-in-a-url";
        assertThatThrownBy(() -> start(Kind.JDBC).close())
                .hasStackTraceContaining("allowed is a URL that begins with jdbc:postgresql: and holds no password");

        url = "jdbc:sqlite:" + Files.writeString(folder.resolve("other.db"), "no database, but a text of some length");
        assertThatThrownBy(() -> start(Kind.FILE).close()).hasStackTraceContaining("audiences.store.file=");
    }

    private static String stackTrace(Throwable e) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            text.append(cause).append('\n');
        }
        return text.toString();
    }

    @ParameterizedTest
    @EnumSource
    void aMillionStatesAreReadWhenTheyAreAskedForAndNotBefore(Kind kind) throws Exception {
        int people = kind == Kind.FILE ? 1_000_000 : 100_000; // PostgreSQL takes longer to fill
        ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
        open(kind, writer).close(); // has made the tables
        fill(kind, people);
        long before = allocatedBytes();
        MembershipStore store = open(kind, writer);
        try {
            assertThat(allocatedBytes() - before).as("bytes at the start").isLessThan(10_000_000);

            MembershipChange known = change("p0012345");
            MembershipChange unknown = change("p9999999");
            assertThat(store.find(List.of(known, unknown)))
                    .containsExactly(Map.entry(known.stateKey(), new EarlierState(true, 20, false)));

            StateQuery audience = new StateQuery("aud_1", null, null, null);
            String last = "";
            int read = 0;
            StateCursor after = null;
            do {
                long beforePage = allocatedBytes();
                StatePage page = store.page(audience, after, 10_000);
                assertThat(allocatedBytes() - beforePage).as("bytes of a page").isLessThan(20_000_000);
                for (StoredState state : page.states()) {
                    read += state.contextKey().compareTo(last) > 0 ? 1 : 0;
                    last = state.contextKey();
                }
                after = page.next();
            } while (after != null);
            assertThat(read).as("people in their order").isEqualTo(people);
        } finally {
            store.close();
            writer.shutdown();
        }
    }

    private static MembershipChange change(String person) {
        return new MembershipChange(
                new Audience("launchdarkly", "user", "aud_1"), "vip", person, false, 15, true, null, null, null);
    }

    private void chooseUrl(Kind kind) {
        if (url == null) {
            url = kind == Kind.FILE
                    ? "jdbc:sqlite:" + folder.resolve("a").resolve("memberships.db")
                    : postgres.newDatabase("store_" + DATABASES.incrementAndGet());
        }
    }

    private MembershipStore open(Kind kind, ScheduledExecutorService writer) throws StoreOpening.StoreException {
        chooseUrl(kind);
        StoreOpening opening = new StoreOpening(60_000, false, writer);
        return kind == Kind.FILE
                ? opening.file(Path.of(url.substring("jdbc:sqlite:".length())))
                : opening.postgres(url, "postgres", () -> new Secret(""));
    }

    /** People p0000001 and so on, all in one audience. */
    private void fill(Kind kind, int people) throws SQLException {
        String numbers = kind == Kind.FILE
                ? "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < " + people + ")"
                        + " SELECT 1, printf('p%07d', n), 1, 10, 20, 30, 'msg-' || n FROM s"
                : "SELECT 1, 'p' || to_char(n, 'FM0000000'), true, 10, 20, 30, 'msg-' || n FROM generate_series(1, "
                        + people + ") n";
        execute("INSERT INTO audiences_audience VALUES (1, 'launchdarkly', 'user', 'aud_1', 'vip')");
        execute("INSERT INTO audiences_membership"
                + " (audience, context_key, member, since, event_time, delivered_at, message_id) " + numbers);
    }

    /** By this thread, so that nothing else counts. */
    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private RunningBundle start(Kind kind, String... more) {
        List<String> properties = new ArrayList<>(
                List.of("audiences.store", kind == Kind.FILE ? "file" : "jdbc", "audiences.explain", "on"));
        chooseUrl(kind);
        if (kind == Kind.FILE) {
            properties.addAll(List.of("audiences.store.file", url.substring("jdbc:sqlite:".length())));
        } else {
            properties.addAll(List.of("audiences.store.url", url, "audiences.store.user", "postgres"));
        }
        properties.addAll(List.of(more));
        return RunningBundle.startAgainst(launchDarkly, properties.toArray(String[]::new));
    }

    private static void delivered(RunningBundle bundle, Object... events) {
        Reply reply = bundle.post(array(events));
        assertThat(reply.count("delivered")).as(reply.response().body()).isEqualTo(events.length);
    }

    private static JsonNode explained(RunningBundle bundle, Object event) {
        return bundle.send(bundle.request("/v1/explain", "application/json")
                        .POST(java.net.http.HttpRequest.BodyPublishers.ofString(event.toString()))
                        .build())
                .json()
                .at("/events/0/mappings/0");
    }

    /** The members of each request, in order. */
    private List<String> sent() {
        List<String> sent = new ArrayList<>();
        for (LaunchDarklyStub.Request request : launchDarkly.requests()) {
            List<String> members = new ArrayList<>();
            request.json()
                    .path("batch")
                    .forEach(member -> members.add(member.path("userId").asText() + " "
                            + member.path("value").asBoolean()));
            sent.add(members.stream().sorted().collect(Collectors.joining(", ")));
        }
        return sent;
    }

    private List<String> rows(String sql) {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    columns.add(rows.getString(i));
                }
                texts.add(String.join(", ", columns));
            }
            return texts;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
