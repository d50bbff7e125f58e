package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Property;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.store.MembershipStore;
import io.github.ldaudiences.store.StoreOpening;
import java.nio.file.Path;

/** Opens the membership store that the configuration names. */
final class StoreInstaller {

    private final Installation installation;
    private final Settings settings;

    StoreInstaller(Installation installation) {
        this.installation = installation;
        settings = installation.settings();
    }

    /** Whether states are kept across restarts. */
    static boolean isOn(Settings settings) {
        return !settings.get(Catalogue.STORE).equals("memory");
    }

    private static boolean isJdbc(Settings settings) {
        return settings.get(Catalogue.STORE).equals("jdbc");
    }

    static void check(Rules rules) {
        if (isJdbc(rules.settings())
                && rules.settings().get(Catalogue.STORE_URL).isEmpty()) {
            rules.refuse(Catalogue.STORE_URL, "a JDBC URL of PostgreSQL with " + Catalogue.STORE.key() + "=jdbc");
        }
    }

    /**
     * @return the store, or null if states are only in memory
     * @throws ConfigurationException if it cannot be opened
     */
    MembershipStore open() {
        String url = settings.get(Catalogue.STORE_URL);
        boolean jdbc = isJdbc(settings);
        if (!isOn(settings)) {
            return null;
        }
        StoreOpening opening = new StoreOpening(
                settings.get(Catalogue.STORE_TIMEOUT_MS),
                settings.get(Catalogue.STORE_REQUIRED),
                installation
                        .context()
                        .getExecutorServiceManager()
                        .newSingleThreadScheduledExecutor(this, "MembershipStore"));
        Property<String> place = jdbc ? Catalogue.STORE_URL : Catalogue.STORE_FILE;
        try {
            return jdbc
                    ? opening.postgres(
                            url, settings.get(Catalogue.STORE_USER), () -> settings.get(Catalogue.STORE_PASSWORD))
                    : opening.file(Path.of(settings.get(Catalogue.STORE_FILE)));
        } catch (StoreOpening.StoreException e) {
            throw new ConfigurationException(Rules.notAllowed(settings, place, e.getMessage()));
        } catch (NoClassDefFoundError e) {
            // Users of this jar as a library, for example in OSGi, add these libraries themselves.
            throw new ConfigurationException(Rules.notAllowed(
                    settings,
                    Catalogue.STORE,
                    "memory, unless HikariCP, Flyway and the driver of the database are on the class path; not"
                            + " found: "
                            + e.getMessage()));
        }
    }
}
