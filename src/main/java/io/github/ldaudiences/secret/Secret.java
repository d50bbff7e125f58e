package io.github.ldaudiences.secret;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A value that must not be shown. It prints as asterisks, so that it cannot leak into a log, a metric or an error. */
public final class Secret {

    private static final String ASTERISKS = "******";

    /** Every secret of this process, because text from outside may contain one. */
    private static final Set<String> KNOWN = ConcurrentHashMap.newKeySet();

    /** Shorter secrets are not masked: they would be found in any text. */
    private static final int MIN_MASKED_LENGTH = 6;

    private final String value;

    /** @param value the plain value */
    public Secret(String value) {
        this.value = Objects.requireNonNull(value);
        mask(value);
    }

    /**
     * Registers a text for {@link #maskIn}.
     *
     * @param text a secret, in a form in which outside text may contain it
     */
    public static void mask(String text) {
        if (text.length() >= MIN_MASKED_LENGTH) {
            KNOWN.add(text);
        }
    }

    /**
     * Masks secrets in a text from outside, such as the error page of a proxy that shows the request.
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

    /** @return the plain value, for the one place that needs it */
    public String reveal() {
        return value;
    }

    /** @return whether the value is empty */
    public boolean isEmpty() {
        return value.isEmpty();
    }

    @Override
    public String toString() {
        return ASTERISKS;
    }
}
