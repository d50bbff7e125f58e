package io.github.ldaudiences.store;

import io.github.ldaudiences.destination.Secret;
import java.sql.SQLException;

/** Reads a store beside the process that writes it. It changes nothing, and makes no tables. */
public final class StoreReader implements StoredStates, AutoCloseable {

    private final StoreDatabase database;

    StoreReader(StoreDatabase database) {
        this.database = database;
    }

    @Override
    public StatePage page(StateQuery query, StateCursor after, int limit) throws StoreAwayException {
        try {
            return database.page(query, after, limit);
        } catch (SQLException e) {
            throw new StoreAwayException("The store cannot be read: " + Secret.maskIn(String.valueOf(e.getMessage())));
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
