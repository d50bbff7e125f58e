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
 * Makes values from files, and makes them again when a file has changed. While a file cannot be used, the former value
 * stays.
 *
 * <p>Contents are compared, and neither times nor events of the file system: Kubernetes mounts a secret as a symbolic link
 * to a link, swaps the second one, and leaves the first as it was. The files are small and few.
 */
public final class WatchedFiles {

    private static final Logger LOG = LoggerFactory.getLogger(WatchedFiles.class);

    private final List<Made<?>> made = new CopyOnWriteArrayList<>();

    /**
     * Makes a value, and makes it again in a {@link #check()} that finds one of its inputs changed.
     *
     * @param inputs what the value is made from, by the key of the property that names it: {@link #content}, or a value of
     *     an earlier call
     * @param maker makes the value, and throws {@link ConfigurationException} if it cannot
     * @param effect what follows from a new value, as a sentence for the log
     * @param <T> its type
     * @return gives the newest value
     * @throws ConfigurationException if the first value cannot be made
     */
    public <T> Supplier<T> make(Map<String, Supplier<?>> inputs, Supplier<T> maker, String effect) {
        Made<T> value = new Made<>(inputs, maker, effect);
        if (!inputs.isEmpty()) {
            made.add(value);
        }
        return value;
    }

    /** @return whether there is nothing to look at */
    public boolean isEmpty() {
        return made.isEmpty();
    }

    /** Looks at every file, in the order of the calls of {@link #make}. */
    public synchronized void check() {
        made.forEach(Made::check);
    }

    /** @return a sentence or two for each value whose files cannot be used now */
    public List<String> problems() {
        return made.stream().map(each -> each.problem).filter(Objects::nonNull).toList();
    }

    /**
     * @param file the path of a file, which need not exist
     * @return gives something that is equal as long as the content of the file is
     */
    public static Supplier<String> content(String file) {
        return () -> {
            if (!new File(file).isFile()) {
                return "none"; // and no pipe, which would have to be waited for
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
            // Before the value is made, so that a change meanwhile is found by the next check.
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
            String found = why + " What was read before stays in use.";
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
