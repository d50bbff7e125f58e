package io.github.ldaudiences.destination;

import java.util.Objects;

/** A value that must not be seen: it prints as asterisks, so that it cannot slip into a log, a metric or an error. */
public final class Secret {

    private final String value;

    /** @param value the secret itself */
    public Secret(String value) {
        this.value = Objects.requireNonNull(value);
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
        return "******";
    }
}
