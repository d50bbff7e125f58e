package io.github.ldaudiences.store;

import io.github.ldaudiences.destination.Secret;
import io.github.ldaudiences.mapping.Audience;
import java.sql.SQLException;
import java.util.List;

/** Reads a store beside the process that writes it. It changes nothing, and makes no tables. */
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
     * @param query which states are asked for, of everybody
     * @return the audiences that they are of
     * @throws StoreAwayException if the store does not answer
     */
    public List<Audience> audiences(StateQuery query) throws StoreAwayException {
        return asked(() -> database.audiences(query));
    }

    /**
     * @param audience an audience
     * @param deliveredUntil the latest delivery that is of interest, in epoch milliseconds
     * @param size how many at most, at least 1
     * @return states of people of that audience, by chance
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
