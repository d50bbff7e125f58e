package io.github.ldaudiences.store;

import io.github.ldaudiences.store.StoreOpening.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;

/** Creates and upgrades the tables of a store. Never change a released version: add another one. */
final class StoreSchema {

    private static final String HISTORY = "audiences_schema_history";

    /**
     * Marks a table whose rows are stored in its primary key. Otherwise SQLite stores rows and key separately, and
     * writes twice.
     */
    private static final String KEYED = " /* keyed */";

    private record Version(String version, String description, String... statements) implements JavaMigration {

        @Override
        public MigrationVersion getVersion() {
            return MigrationVersion.fromVersion(version);
        }

        @Override
        public String getDescription() {
            return description;
        }

        @Override
        public Integer getChecksum() {
            return String.join(";", statements).hashCode();
        }

        @Override
        public boolean canExecuteInTransaction() {
            return true;
        }

        @Override
        public void migrate(Context context) throws SQLException {
            Connection connection = context.getConnection();
            boolean sqlite = connection.getMetaData().getDatabaseProductName().equals("SQLite");
            try (Statement statement = connection.createStatement()) {
                for (String sql : statements) {
                    statement.execute(sql.replace(KEYED, sqlite ? " WITHOUT ROWID" : ""));
                }
            }
        }
    }

    private static final JavaMigration[] VERSIONS = {
        new Version("1", "states and their audiences", """
                CREATE TABLE audiences_audience (
                  id INTEGER NOT NULL PRIMARY KEY,
                  destination TEXT NOT NULL,
                  context_kind TEXT NOT NULL,
                  audience_id TEXT NOT NULL,
                  audience_key TEXT NOT NULL,
                  UNIQUE (destination, context_kind, audience_id))""", """
                CREATE TABLE audiences_membership (
                  audience INTEGER NOT NULL,
                  context_key TEXT NOT NULL,
                  member BOOLEAN NOT NULL,
                  since BIGINT NOT NULL,
                  event_time BIGINT NOT NULL,
                  delivered_at BIGINT NOT NULL,
                  message_id TEXT,
                  PRIMARY KEY (audience, context_key))""" + KEYED, """
                CREATE TABLE audiences_fact (
                  name TEXT NOT NULL PRIMARY KEY,
                  value BIGINT NOT NULL)""")
    };

    private StoreSchema() {}

    /**
     * @param source the store
     * @throws StoreException if the tables of the store are not those of the bundle, or of an older version of it
     * @throws org.flywaydb.core.api.FlywayException if the store cannot be changed
     */
    static void upgrade(DataSource source) throws StoreException {
        Flyway flyway = Flyway.configure(Flyway.class.getClassLoader())
                .dataSource(source)
                .table(HISTORY)
                .locations(new String[0])
                .javaMigrations(VERSIONS)
                .baselineOnMigrate(true) // the schema may contain other tables
                .baselineVersion("0")
                .ignoreMigrationPatterns(new String[0]) // otherwise tables of a newer version would be accepted
                .loggers("slf4j")
                .load();
        try {
            flyway.migrate();
        } catch (FlywayValidateException e) {
            throw refused(flyway.info().all());
        }
    }

    /** Flyway's exception is the same whatever the cause. The states of the versions tell the causes apart. */
    private static StoreException refused(MigrationInfo[] versions) {
        MigrationVersion newest = VERSIONS[VERSIONS.length - 1].getVersion();
        for (MigrationInfo each : versions) {
            if (each.getVersion().compareTo(newest) > 0) {
                return new StoreException(
                        "a store of this version of the bundle or an older one; this store is from a newer version");
            }
        }
        for (MigrationInfo each : versions) {
            String version = "version " + each.getVersion() + " of its tables";
            if (each.getState().isFailed()) {
                return new StoreException("a store whose tables are complete; in this store, the upgrade to " + version
                        + " has failed: restore a copy from before the upgrade, or use a new store");
            }
            if (each.getState() == MigrationState.MISSING_SUCCESS) {
                return new StoreException("a store that a release of the bundle has created; this store has " + version
                        + ", which no release has: another build has created them");
            }
        }
        return new StoreException("a store that a release of the bundle has created; the tables of this store differ"
                + " from the bundle's: another build has created them, or the table " + HISTORY + " was changed");
    }
}
