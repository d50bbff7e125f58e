package io.github.ldaudiences.destination;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A value that must not be seen: it prints as asterisks, so that it cannot slip into a log, a metric or an error. */
public final class Secret {

    private static final String ASTERISKS = "******";

    /** Every secret that this process has been given: what comes from outside may echo one. */
    private static final Set<String> KNOWN = ConcurrentHashMap.newKeySet();

    /** A shorter one would be found in any text. */
    private static final int MIN_MASKED_LENGTH = 6;

    private final String value;

    /** @param value the secret itself */
    public Secret(String value) {
        this.value = Objects.requireNonNull(value);
        mask(value);
    }

    /**
     * Makes a text one that {@link #maskIn} masks.
     *
     * @param text a secret, in the form in which it may come back from outside
     */
    public static void mask(String text) {
        if (text.length() >= MIN_MASKED_LENGTH) {
            KNOWN.add(text);
        }
    }

    /**
     * Masks secrets in a text that comes from outside, such as the error page of a proxy that shows the request.
     *
     * @param text any text
     * @return the text with asterisks for each secret of this process
     */
    public static String maskIn(String text) {
        String masked = text;
        for (String secret : KNOWN) {
            masked = masked.replace(secret, ASTERISKS);
        }
        return masked;
    }

    /** @return the secret itself, for the one place that needs it */
    public String reveal() {
        return value;
    }

    /** @return whether nothing is set */
    public boolean isEmpty() {
        return value.isEmpty();
    }

    @Override
    public String toString() {
        return ASTERISKS;
    }
}
