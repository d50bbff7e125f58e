package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.InboundTls;
import io.github.ldaudiences.config.OutboundTls;
import io.github.ldaudiences.config.Property;
import io.github.ldaudiences.config.SecretFile;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.secret.Secret;
import io.github.ldaudiences.watch.WatchedFiles;
import io.github.ldaudiences.watch.WatchedFilesHealth;
import io.netty.handler.ssl.SslContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** Reloads files of secrets, keys and certificates when they change, and notifies their users. */
final class SecretFilesInstaller {

    private final Installation installation;
    private final Settings settings;
    private final WatchedFiles files = new WatchedFiles();
    private final Map<String, List<Runnable>> users = new HashMap<>();

    /**
     * @param installation has the settings that name the files, and the values of those that hold secrets
     * @throws ConfigurationException if such a file can no longer be used
     */
    SecretFilesInstaller(Installation installation) {
        this.installation = installation;
        settings = installation.settings();
        // Passwords first: the key stores need them.
        for (SecretFile file : settings.secretFiles()) {
            files.make(
                    Map.of(file.key(), WatchedFiles.content(file.path().toString())),
                    () -> read(file),
                    file.isReadAtStart()
                            ? "The next start uses the new value; until then the former one is used."
                            : "The new value is used from now on.");
        }
    }

    private Void read(SecretFile file) {
        settings.readAgain(file);
        users.getOrDefault(file.secretKey(), List.of()).forEach(Runnable::run);
        return null;
    }

    /**
     * @param secret the key of a secret
     * @param user is called when the secret has a new value
     */
    void whenChanged(String secret, Runnable user) {
        users.computeIfAbsent(secret, first -> new ArrayList<>()).add(user);
    }

    /** @return TLS of new connections to LaunchDarkly, null if not configured */
    Supplier<SSLContext> outboundTls() {
        Map<String, Supplier<?>> inputs =
                inputs(Catalogue.OUTBOUND_TLS_KEYSTORE, Catalogue.OUTBOUND_TLS_KEY, Catalogue.OUTBOUND_TLS_TRUSTSTORE);
        addPasswords(inputs, Catalogue.OUTBOUND_TLS_KEYSTORE_PASSWORD, Catalogue.OUTBOUND_TLS_TRUSTSTORE_PASSWORD);
        return files.make(inputs, () -> OutboundTls.of(settings), "New connections use it.");
    }

    /** @return TLS of new connections from callers, null for plain HTTP */
    Supplier<SslContext> inboundTls() {
        Map<String, Supplier<?>> inputs =
                inputs(Catalogue.HTTP_TLS_KEYSTORE, Catalogue.HTTP_TLS_KEY, Catalogue.HTTP_TLS_TRUSTSTORE);
        addPasswords(inputs, Catalogue.HTTP_TLS_KEYSTORE_PASSWORD, Catalogue.HTTP_TLS_TRUSTSTORE_PASSWORD);
        return files.make(inputs, () -> InboundTls.of(settings), "New connections use it.");
    }

    @SafeVarargs
    private Map<String, Supplier<?>> inputs(Property<String>... named) {
        Map<String, Supplier<?>> inputs = new LinkedHashMap<>();
        for (Property<String> file : named) {
            if (!settings.get(file).isEmpty()) {
                inputs.put(file.key(), WatchedFiles.content(settings.get(file)));
            }
        }
        return inputs;
    }

    @SafeVarargs
    private void addPasswords(Map<String, Supplier<?>> inputs, Property<Secret>... passwords) {
        for (Property<Secret> password : passwords) {
            if (!inputs.isEmpty()) {
                inputs.put(password.key(), () -> settings.get(password));
            }
        }
    }

    /** Checks the files for changes until the context stops. */
    void start() {
        if (files.isEmpty()) {
            return;
        }
        long interval = settings.get(Catalogue.SECRET_FILES_CHECK_INTERVAL_MS);
        installation
                .context()
                .getExecutorServiceManager()
                .newSingleThreadScheduledExecutor(this, "SecretFiles")
                .scheduleWithFixedDelay(files::check, interval, interval, TimeUnit.MILLISECONDS);
        installation.healthChecks(List.of(new WatchedFilesHealth(files)));
    }
}
