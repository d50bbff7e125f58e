package io.github.ldaudiences.command.store;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Property;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.store.StoreOpening;
import io.github.ldaudiences.store.StoreReader;
import java.nio.file.Path;

/** Opens the membership store that is configured, for commands that read it. */
public final class ConfiguredStore {

    private ConfiguredStore() {}

    /**
     * @param settings all settings
     * @return a reader of the store, beside a process that may be running
     * @throws ConfigurationException if no store is configured, or it cannot be opened
     */
    public static StoreReader toRead(Settings settings) {
        String kind = settings.get(Catalogue.STORE);
        if (kind.equals("memory")) {
            throw new ConfigurationException("There is no store to read: with " + Catalogue.STORE.key()
                    + "=memory, states are only in the memory of the running bundle."
                    + " To keep them, use file or jdbc.");
        }
        boolean jdbc = kind.equals("jdbc");
        Property<String> place = jdbc ? Catalogue.STORE_URL : Catalogue.STORE_FILE;
        long timeoutMs = settings.get(Catalogue.STORE_TIMEOUT_MS);
        try {
            return jdbc
                    ? StoreOpening.toRead(
                            settings.get(Catalogue.STORE_URL),
                            settings.get(Catalogue.STORE_USER),
                            settings.get(Catalogue.STORE_PASSWORD),
                            timeoutMs)
                    : StoreOpening.toRead(Path.of(settings.get(Catalogue.STORE_FILE)), timeoutMs);
        } catch (StoreOpening.StoreException e) {
            throw new ConfigurationException(
                    place.key() + "=" + settings.get(place) + " is not allowed; allowed is " + e.getMessage() + ".");
        }
    }
}
