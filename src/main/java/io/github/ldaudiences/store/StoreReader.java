package io.github.ldaudiences.store;

import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.secret.Secret;
import java.sql.SQLException;
import java.util.List;

/** Reads a store while another process writes it. It changes nothing and creates no tables. */
public final class StoreReader implements StoredStates, AutoCloseable {

    private final StoreDatabase database;

    StoreReader(StoreDatabase database) {
        this.database = database;
    }

    @Override
    public StatePage page(StateQuery query, StateCursor after, int limit) throws StoreAwayException {
        return asked(() -> database.page(query, after, limit));
    }

    /**
     * @param query which states to look for, of all people
     * @return the audiences of these states
     * @throws StoreAwayException if the store does not answer
     */
    public List<Audience> audiences(StateQuery query) throws StoreAwayException {
        return asked(() -> database.audiences(query));
    }

    /**
     * @param audience an audience
     * @param deliveredUntil the latest delivery to include, in epoch milliseconds
     * @param size the maximum number of states, at least 1
     * @return a random sample of that audience's states
     * @throws StoreAwayException if the store does not answer
     */
    public List<StoredState> sample(Audience audience, long deliveredUntil, int size) throws StoreAwayException {
        return asked(() -> database.sample(audience, deliveredUntil, size));
    }

    private interface Question<T> {
        T ask() throws SQLException;
    }

    private static <T> T asked(Question<T> question) throws StoreAwayException {
        try {
            return question.ask();
        } catch (SQLException e) {
            throw new StoreAwayException("The store cannot be read: " + Secret.maskIn(String.valueOf(e.getMessage())));
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
