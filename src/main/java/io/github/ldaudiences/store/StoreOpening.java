package io.github.ldaudiences.store;

import io.github.ldaudiences.secret.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.flywaydb.core.api.FlywayException;

/** Opens a store: creates or upgrades its tables, and reports why if that fails. */
public final class StoreOpening {

    /** A store that cannot be opened. The message says what is allowed instead, as the end of "allowed is …". */
    public static final class StoreException extends Exception {

        private static final long serialVersionUID = 1L;

        StoreException(String message) {
            super(message, null, false, false);
        }
    }

    private final long timeoutMs;
    private final boolean required;
    private final ScheduledExecutorService writer;

    /**
     * @param timeoutMs how long to wait for the store, in milliseconds
     * @param required whether nothing may be sent while states cannot be looked up
     * @param writer executes the writes, on one thread
     */
    public StoreOpening(long timeoutMs, boolean required, ScheduledExecutorService writer) {
        this.timeoutMs = timeoutMs;
        this.required = required;
        this.writer = writer;
    }

    /**
     * @param file a file that only this process uses
     * @return the store in it
     * @throws StoreException if it cannot be created or read
     */
    public MembershipStore file(Path file) throws StoreException {
        StoreConnections connections;
        try {
            connections = StoreConnections.ofFile(file, timeoutMs);
        } catch (RuntimeException e) {
            throw new StoreException("a file that can be created or written: " + root(e));
        }
        return open(connections, false, "a file that the bundle has created");
    }

    /**
     * @param url {@code jdbc:postgresql:…}
     * @param user the user; empty for none
     * @param password supplies the newest password; empty for none
     * @return the store in that database
     * @throws StoreException if the database does not answer, or has no room for the tables
     */
    public MembershipStore postgres(String url, String user, Supplier<Secret> password) throws StoreException {
        StoreConnections connections;
        try {
            connections = StoreConnections.ofPostgres(url, user, password, timeoutMs, false);
        } catch (RuntimeException e) {
            throw new StoreException("the URL of a PostgreSQL database that answers: " + root(e));
        }
        return open(connections, true, "a database in which the bundle may create its tables");
    }

    /**
     * @param file the file of a process that may be running
     * @param timeoutMs how long to wait for that process, in milliseconds
     * @return a reader of its states
     * @throws StoreException if the file does not exist or cannot be read
     */
    public static StoreReader toRead(Path file, long timeoutMs) throws StoreException {
        if (!Files.isRegularFile(file)) {
            throw new StoreException("a file that exists");
        }
        try {
            return new StoreReader(new StoreDatabase(StoreConnections.ofFileToRead(file, timeoutMs)));
        } catch (RuntimeException e) {
            throw new StoreException("a file that can be read: " + root(e));
        }
    }

    /**
     * @param url {@code jdbc:postgresql:…}
     * @param user the user; empty for none
     * @param password the password; empty for none
     * @param timeoutMs how long to wait for the database, in milliseconds
     * @return a reader of its states
     * @throws StoreException if the database does not answer
     */
    public static StoreReader toRead(String url, String user, Secret password, long timeoutMs) throws StoreException {
        try {
            return new StoreReader(
                    new StoreDatabase(StoreConnections.ofPostgres(url, user, () -> password, timeoutMs, true)));
        } catch (RuntimeException e) {
            throw new StoreException("the URL of a PostgreSQL database that answers: " + root(e));
        }
    }

    private MembershipStore open(StoreConnections connections, boolean shared, String allowed) throws StoreException {
        try {
            StoreSchema.upgrade(connections.source());
            return new MembershipStore(new StoreDatabase(connections), shared, required, writer);
        } catch (StoreException e) {
            connections.close();
            throw e;
        } catch (FlywayException | SQLException e) {
            connections.close();
            throw new StoreException(allowed + ": " + root(e));
        }
    }

    private static String root(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return Secret.maskIn(String.valueOf(cause.getMessage())).strip().replaceAll("\\s+", " ");
    }
}
