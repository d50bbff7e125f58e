package io.github.ldaudiences.store;

import io.github.ldaudiences.mapping.Audience;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The table that gives each audience a number, so that a state takes few bytes. */
final class NumberedAudiences {

    private static final String ADD_AUDIENCE = """
            INSERT INTO audiences_audience (id, destination, context_kind, audience_id, audience_key)
            SELECT COALESCE(MAX(id), 0) + 1, ?, ?, ?, ? FROM audiences_audience WHERE true
            ON CONFLICT DO NOTHING""";

    /** An audience as read from the table. */
    record NumberedAudience(int number, Audience audience, String key) {}

    private final Map<Audience, NumberedAudience> numbered = new ConcurrentHashMap<>();

    /** Reads all numbers from the table again, because some of those that were added may not be there. */
    void forgetNumbers() {
        numbered.clear();
    }

    /**
     * Returns the number of a state's audience, which is added if it is new. If its key has changed, it is renamed.
     *
     * @param connection a connection with a transaction
     * @param state a state
     */
    int numberOf(Connection connection, StoredState state) throws SQLException {
        Audience audience = new Audience(state.destination(), state.contextKind(), state.audienceId());
        NumberedAudience known = find(connection, audience);
        while (known == null) {
            try (PreparedStatement add = connection.prepareStatement(ADD_AUDIENCE)) {
                add.setString(1, state.destination());
                add.setString(2, state.contextKind());
                add.setString(3, state.audienceId());
                add.setString(4, state.audienceKey());
                add.executeUpdate(); // no effect if another process took the number or added the audience; retried
            }
            known = find(connection, audience);
        }
        if (!known.key().equals(state.audienceKey())) {
            try (PreparedStatement rename =
                    connection.prepareStatement("UPDATE audiences_audience SET audience_key = ? WHERE id = ?")) {
                rename.setString(1, state.audienceKey());
                rename.setInt(2, known.number());
                rename.executeUpdate();
            }
            numbered.put(audience, new NumberedAudience(known.number(), audience, state.audienceKey()));
        }
        return known.number();
    }

    /** @return null if the audience is not in the table */
    NumberedAudience find(Connection connection, Audience audience) throws SQLException {
        NumberedAudience known = numbered.get(audience);
        if (known != null) {
            return known;
        }
        try (PreparedStatement select = connection.prepareStatement("SELECT id, audience_key FROM audiences_audience"
                + " WHERE destination = ? AND context_kind = ? AND audience_id = ?")) {
            select.setString(1, audience.destination());
            select.setString(2, audience.contextKind());
            select.setString(3, audience.id());
            try (ResultSet rows = select.executeQuery()) {
                if (!rows.next()) {
                    return null;
                }
                NumberedAudience found = new NumberedAudience(rows.getInt(1), audience, rows.getString(2));
                numbered.put(audience, found);
                return found;
            }
        }
    }

    /**
     * Returns audiences in the order of their numbers; if the query names a person, only those that the person is in.
     */
    List<NumberedAudience> select(Connection connection, StateQuery query) throws SQLException {
        List<NumberedAudience> found = new ArrayList<>();
        boolean person = query.contextKey() != null;
        // With this order, SQLite looks the person up in each audience instead of reading all states.
        String sql = "SELECT a.id, a.destination, a.context_kind, a.audience_id, a.audience_key"
                + " FROM audiences_audience a"
                + (person ? " CROSS JOIN audiences_membership m WHERE m.audience = a.id AND m.context_key = ?" : "")
                + " ORDER BY a.id";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            if (person) {
                select.setString(1, query.contextKey());
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    Audience audience = new Audience(rows.getString(2), rows.getString(3), rows.getString(4));
                    if (query.asksFor(audience)) {
                        found.add(new NumberedAudience(rows.getInt(1), audience, rows.getString(5)));
                    }
                }
            }
        }
        return found;
    }
}
