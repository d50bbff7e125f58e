package io.github.ldaudiences.watch;

import io.github.ldaudiences.config.ConfigurationException;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates values from files, and creates them again when a file has changed. If the changed file cannot be used, the
 * previous value stays in use.
 *
 * <p>It compares contents, not timestamps or file system events: Kubernetes mounts a secret as a symbolic link to a
 * link, replaces the second one, and leaves the first unchanged. The files are small and few.
 */
public final class WatchedFiles {

    private static final Logger LOG = LoggerFactory.getLogger(WatchedFiles.class);

    private final List<Made<?>> made = new CopyOnWriteArrayList<>();

    /**
     * Creates a value, and creates it again when {@link #check()} finds one of its inputs changed.
     *
     * @param inputs the inputs of the value, by the key of the property that names each: {@link #content}, or the
     *     result of an earlier call
     * @param maker creates the value, and throws {@link ConfigurationException} if it cannot
     * @param effect the effect of a new value, as a sentence for the log
     * @param <T> its type
     * @return supplies the newest value
     * @throws ConfigurationException if the first value cannot be created
     */
    public <T> Supplier<T> make(Map<String, Supplier<?>> inputs, Supplier<T> maker, String effect) {
        Made<T> value = new Made<>(inputs, maker, effect);
        if (!inputs.isEmpty()) {
            made.add(value);
        }
        return value;
    }

    /** @return whether there are no files to watch */
    public boolean isEmpty() {
        return made.isEmpty();
    }

    /** Checks every file, in the order of the calls of {@link #make}. */
    public synchronized void check() {
        made.forEach(Made::check);
    }

    /** @return a sentence or two for each value whose files cannot be used now */
    public List<String> problems() {
        return made.stream().map(each -> each.problem).filter(Objects::nonNull).toList();
    }

    /**
     * @param file the path of a file, which need not exist
     * @return supplies a value that is equal as long as the content of the file is
     */
    public static Supplier<String> content(String file) {
        return () -> {
            if (!new File(file).isFile()) {
                return "none"; // also for a pipe, which could block
            }
            try (InputStream in = new FileInputStream(file)) {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
                return HexFormat.of().formatHex(digest.digest());
            } catch (IOException e) {
                return "unreadable";
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e); // every Java platform has it
            }
        };
    }

    private static final class Made<T> implements Supplier<T> {

        private final Map<String, Supplier<?>> inputs;
        private final Supplier<T> maker;
        private final String effect;
        private Map<String, Object> seen;
        private volatile T value;
        private volatile String problem;

        Made(Map<String, Supplier<?>> inputs, Supplier<T> maker, String effect) {
            this.inputs = inputs;
            this.maker = maker;
            this.effect = effect;
            // Before the value is created, so that the next check finds changes made meanwhile.
            seen = look();
            value = maker.get();
        }

        private Map<String, Object> look() {
            Map<String, Object> found = new LinkedHashMap<>();
            inputs.forEach((key, input) -> found.put(key, input.get()));
            return found;
        }

        void check() {
            Map<String, Object> found = look();
            List<String> changed = found.keySet().stream()
                    .filter(key -> !found.get(key).equals(seen.get(key)))
                    .toList();
            if (changed.isEmpty()) {
                return;
            }
            seen = found;
            String keys = String.join(", ", changed);
            try {
                value = maker.get();
                problem = null;
                LOG.info("{} has changed and was read again. {}", keys, effect);
            } catch (ConfigurationException e) {
                failed(String.join(" ", e.problems()));
            } catch (RuntimeException e) {
                failed(keys + " has changed and cannot be used: " + e.getClass().getSimpleName() + ".");
            }
        }

        private void failed(String why) {
            String found = why + " The previous content stays in use.";
            if (!found.equals(problem)) {
                problem = found;
                LOG.warn(found);
            }
        }

        @Override
        public T get() {
            return value;
        }
    }
}
