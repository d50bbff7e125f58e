package io.github.ldaudiences.explain;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** The outcome of an event. */
enum Outcome {
    /** No mapping wants it, or this mapping does not. */
    SKIPPED,

    /** It would go to the dead letter. */
    REJECTED,

    /** It would be sent to LaunchDarkly. */
    DELIVERED;

    /** @return whether an explanation has this outcome */
    boolean isOf(JsonNode explained) {
        return toString().equals(explained.path(Names.OUTCOME).textValue());
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
