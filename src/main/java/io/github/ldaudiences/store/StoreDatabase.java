package io.github.ldaudiences.store;

import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.store.NumberedAudiences.NumberedAudience;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tables that hold the states, in SQLite or PostgreSQL, with the same SQL. */
final class StoreDatabase implements AutoCloseable {

    /** The maximum number of pairs that one statement looks up. SQLite accepts 32,766 parameters. */
    private static final int MAX_PAIRS = 512;

    private static final String UPSERT = """
            INSERT INTO audiences_membership AS known
              (audience, context_key, member, since, event_time, delivered_at, message_id)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (audience, context_key) DO UPDATE SET
              since = CASE WHEN known.member = excluded.member THEN known.since ELSE excluded.since END,
              member = excluded.member,
              event_time = excluded.event_time,
              delivered_at = excluded.delivered_at,
              message_id = CASE
                WHEN known.member = excluded.member AND known.event_time = excluded.event_time
                THEN COALESCE(known.message_id, excluded.message_id)
                ELSE excluded.message_id END
            WHERE excluded.event_time >= known.event_time""";

    /** Selects states of one audience, whose own columns are the same in each row. */
    private static final String STATES = """
            SELECT context_key, member, since, event_time, delivered_at, message_id
            FROM audiences_membership WHERE audience = ?""";

    private static final String SET_FACT = """
            INSERT INTO audiences_fact (name, value) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value""";

    /** A state as read from the database. */
    record Found(boolean member, long eventTime, long deliveredAt) {}

    private final StoreConnections connections;
    private final NumberedAudiences audiences = new NumberedAudiences();

    StoreDatabase(StoreConnections connections) {
        this.connections = connections;
    }

    /**
     * @param people the context keys to look up, by audience
     * @return the known states, by the audience's correlation key and the context key, separated by a line break
     */
    Map<String, Found> find(Map<Audience, ? extends Collection<String>> people) throws SQLException {
        Map<String, Found> found = new HashMap<>();
        Map<Integer, Audience> byNumber = new HashMap<>();
        List<Object> pairs = new ArrayList<>();
        try (Connection connection = connections.get()) {
            for (Map.Entry<Audience, ? extends Collection<String>> each : people.entrySet()) {
                NumberedAudience audience = audiences.find(connection, each.getKey());
                if (audience != null) {
                    byNumber.put(audience.number(), each.getKey());
                    for (String contextKey : each.getValue()) {
                        pairs.add(audience.number());
                        pairs.add(contextKey);
                    }
                }
            }
            for (int from = 0; from < pairs.size(); from += 2 * MAX_PAIRS) {
                find(connection, pairs.subList(from, Math.min(pairs.size(), from + 2 * MAX_PAIRS)), byNumber, found);
            }
            return found;
        }
    }

    private static void find(
            Connection connection, List<Object> pairs, Map<Integer, Audience> byNumber, Map<String, Found> found)
            throws SQLException {
        String sql = "SELECT audience, context_key, member, event_time, delivered_at FROM audiences_membership"
                + " WHERE (audience, context_key) IN (VALUES (?, ?)" + ", (?, ?)".repeat(pairs.size() / 2 - 1) + ")";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < pairs.size(); i += 2) {
                select.setInt(i + 1, (Integer) pairs.get(i));
                select.setString(i + 2, (String) pairs.get(i + 1));
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    String audience = byNumber.get(rows.getInt(1)).correlationKey();
                    found.put(
                            audience + '\n' + rows.getString(2),
                            new Found(rows.getBoolean(3), rows.getLong(4), rows.getLong(5)));
                }
            }
        }
    }

    /**
     * Saves states, unless a newer one of the same person and audience exists.
     *
     * @param states states of any audiences; faster if those of one audience are adjacent
     */
    void write(Collection<StoredState> states) throws SQLException {
        try (Connection connection = connections.get()) {
            connection.setAutoCommit(false);
            try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
                StoredState before = null;
                int audience = 0;
                for (StoredState state : states) {
                    if (before == null || !state.isOfSameAudience(before)) {
                        audience = audiences.numberOf(connection, state);
                    }
                    before = state;
                    upsert.setInt(1, audience);
                    upsert.setString(2, state.contextKey());
                    upsert.setBoolean(3, state.member());
                    upsert.setLong(4, state.since());
                    upsert.setLong(5, state.eventTime());
                    upsert.setLong(6, state.deliveredAt());
                    upsert.setString(7, state.messageId());
                    upsert.addBatch();
                }
                upsert.executeBatch();
                connection.commit();
            } catch (SQLException e) {
                audiences.forgetNumbers(); // the pool rolls back their numbers when the connection is returned
                throw e;
            }
        }
    }

    /**
     * @param query which states to read
     * @param after where to continue, or null to begin
     * @param limit the maximum number of states
     * @return the next states
     */
    StatePage page(StateQuery query, StateCursor after, int limit) throws SQLException {
        List<StoredState> states = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>(); // the audience number of each state
        int more = limit + 1; // one more shows whether there is a next page
        try (Connection connection = connections.get()) {
            int from = after == null ? 0 : after.audience();
            for (NumberedAudience each : audiences.select(connection, query)) {
                if (each.number() < from || states.size() == more) {
                    continue;
                }
                String key = query.contextKey();
                String last = after != null && each.number() == from ? after.contextKey() : null;
                String sql = STATES + (key == null ? "" : " AND context_key = ?")
                        + (last == null ? "" : " AND context_key > ?") + " ORDER BY context_key LIMIT ?";
                try (PreparedStatement select = connection.prepareStatement(sql)) {
                    int at = 0;
                    select.setInt(++at, each.number());
                    if (key != null) {
                        select.setString(++at, key);
                    }
                    if (last != null) {
                        select.setString(++at, last);
                    }
                    select.setInt(++at, more - states.size());
                    try (ResultSet rows = select.executeQuery()) {
                        while (rows.next()) {
                            states.add(state(rows, each));
                            numbers.add(each.number());
                        }
                    }
                }
            }
        }
        if (states.size() < more) {
            return new StatePage(states, null);
        }
        states.remove(limit);
        return new StatePage(
                states,
                new StateCursor(numbers.get(limit - 1), states.get(limit - 1).contextKey()));
    }

    /**
     * Deletes the states of a person. A database file no longer contains any of their bytes afterwards.
     *
     * @param person the person
     * @return the number of deleted states
     */
    int delete(StateQuery person) throws SQLException {
        int deleted = 0;
        try (Connection connection = connections.get();
                Statement statement = connection.createStatement()) {
            if (connections.isFile()) {
                statement.execute("PRAGMA secure_delete = ON"); // otherwise SQLite keeps the bytes until it reuses them
            }
            try (PreparedStatement delete = connection.prepareStatement(
                    "DELETE FROM audiences_membership WHERE audience = ? AND context_key = ?")) {
                for (NumberedAudience audience : audiences.select(connection, person)) {
                    delete.setInt(1, audience.number());
                    delete.setString(2, person.contextKey());
                    deleted += delete.executeUpdate();
                }
            } finally {
                if (connections.isFile()) {
                    statement.execute("PRAGMA secure_delete = OFF");
                }
            }
            if (connections.isFile()) {
                statement.execute("PRAGMA wal_checkpoint(TRUNCATE)"); // the log still has earlier writes
            }
        }
        return deleted;
    }

    /**
     * @param query which states to count, of all people
     * @return the number of states
     */
    long count(StateQuery query) throws SQLException {
        long count = 0;
        try (Connection connection = connections.get();
                PreparedStatement select =
                        connection.prepareStatement("SELECT COUNT(*) FROM audiences_membership WHERE audience = ?")) {
            for (NumberedAudience audience : audiences.select(connection, query)) {
                select.setInt(1, audience.number());
                try (ResultSet rows = select.executeQuery()) {
                    rows.next();
                    count += rows.getLong(1);
                }
            }
        }
        return count;
    }

    /**
     * @param query which states to look for, of all people
     * @return the audiences of these states, in the order of their numbers
     */
    List<Audience> audiences(StateQuery query) throws SQLException {
        try (Connection connection = connections.get()) {
            return audiences.select(connection, query).stream()
                    .map(NumberedAudience::audience)
                    .toList();
        }
    }

    /**
     * @param audience an audience
     * @param deliveredUntil the latest delivery to include, in epoch milliseconds
     * @param size the maximum number of states
     * @return a random sample of that audience's states
     */
    List<StoredState> sample(Audience audience, long deliveredUntil, int size) throws SQLException {
        List<StoredState> states = new ArrayList<>();
        StateQuery query = new StateQuery(audience.id(), null, audience.contextKind(), audience.destination());
        try (Connection connection = connections.get();
                PreparedStatement select =
                        connection.prepareStatement(STATES + " AND delivered_at <= ? ORDER BY random() LIMIT ?")) {
            for (NumberedAudience each : audiences.select(connection, query)) {
                select.setInt(1, each.number());
                select.setLong(2, deliveredUntil);
                select.setInt(3, size);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        states.add(state(rows, each));
                    }
                }
            }
        }
        return states;
    }

    private static StoredState state(ResultSet row, NumberedAudience of) throws SQLException {
        return new StoredState(
                of.audience().destination(),
                of.audience().contextKind(),
                of.audience().id(),
                of.key(),
                row.getString(1),
                row.getBoolean(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getString(6));
    }

    /**
     * @param name name of a fact
     * @param otherwise the value to set if the fact has none
     * @return its value
     */
    long fact(String name, long otherwise) throws SQLException {
        try (Connection connection = connections.get();
                PreparedStatement add = connection.prepareStatement(
                        "INSERT INTO audiences_fact (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING");
                PreparedStatement select =
                        connection.prepareStatement("SELECT value FROM audiences_fact WHERE name = ?")) {
            add.setString(1, name);
            add.setLong(2, otherwise);
            add.executeUpdate();
            select.setString(1, name);
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    /**
     * @param name name of a fact
     * @param value its new value
     */
    void setFact(String name, long value) throws SQLException {
        try (Connection connection = connections.get();
                PreparedStatement set = connection.prepareStatement(SET_FACT)) {
            set.setString(1, name);
            set.setLong(2, value);
            set.executeUpdate();
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
