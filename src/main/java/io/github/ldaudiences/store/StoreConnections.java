package io.github.ldaudiences.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.ldaudiences.secret.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** The connections to a store, in a file of SQLite or in a PostgreSQL database. */
final class StoreConnections implements AutoCloseable {

    private final HikariDataSource source;
    private final boolean file; // false for a database server

    private StoreConnections(DataSource connections, String name, long timeoutMs, int size, boolean readOnly) {
        file = connections instanceof SQLiteDataSource;
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setDataSource(connections);
        config.setMaximumPoolSize(size);
        config.setReadOnly(readOnly);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(timeoutMs);
        config.setValidationTimeout(timeoutMs);
        config.setInitializationFailTimeout(1); // fails now if there is no connection
        source = new HikariDataSource(config);
    }

    /**
     * @param file the file, which is created if it does not exist
     * @param timeoutMs how long to wait for another process that has it open, in milliseconds
     */
    static StoreConnections ofFile(Path file, long timeoutMs) {
        try {
            if (file.toAbsolutePath().getParent() != null) {
                Files.createDirectories(file.toAbsolutePath().getParent());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL); // reads continue during writes
        // If the machine crashes, not only the process, the last second may be lost.
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        config.setBusyTimeout(Math.toIntExact(timeoutMs));
        SQLiteDataSource sqlite = new SQLiteDataSource(config);
        sqlite.setUrl("jdbc:sqlite:" + file);
        return new StoreConnections(sqlite, "audiences-store-file", timeoutMs, 3, false);
    }

    /**
     * @param file an existing file
     * @param timeoutMs how long to wait for the process that has it open, in milliseconds
     */
    static StoreConnections ofFileToRead(Path file, long timeoutMs) {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(Math.toIntExact(timeoutMs));
        SQLiteDataSource sqlite = new SQLiteDataSource(config);
        sqlite.setUrl("jdbc:sqlite:" + file);
        return new StoreConnections(sqlite, "audiences-store-reader", timeoutMs, 1, true);
    }

    /**
     * @param url {@code jdbc:postgresql:…}
     * @param user the user, or empty
     * @param password supplies the newest password for each new connection; empty for none
     * @param timeoutMs how long to wait for the database, in milliseconds
     * @param readOnly whether changes are not allowed
     */
    static StoreConnections ofPostgres(
            String url, String user, Supplier<Secret> password, long timeoutMs, boolean readOnly) {
        PGSimpleDataSource postgres = new PGSimpleDataSource() {
            private static final long serialVersionUID = 1L;

            @Override
            public Connection getConnection() throws SQLException {
                String secret = password.get().reveal();
                return getConnection(user.isEmpty() ? null : user, secret.isEmpty() ? null : secret);
            }
        };
        postgres.setUrl(url);
        int seconds = Math.toIntExact(Math.max(1, timeoutMs / 1000));
        postgres.setConnectTimeout(seconds);
        postgres.setSocketTimeout(seconds);
        postgres.setReWriteBatchedInserts(true);
        return new StoreConnections(postgres, "audiences-store-jdbc", timeoutMs, readOnly ? 1 : 4, readOnly);
    }

    /** @return a connection, which returns to the pool when it is closed */
    Connection get() throws SQLException {
        return source.getConnection();
    }

    /** @return the data source in which the tables are created */
    DataSource source() {
        return source;
    }

    /** @return whether the store is a file, and not on a database server */
    boolean isFile() {
        return file;
    }

    @Override
    public void close() {
        source.close();
    }
}
