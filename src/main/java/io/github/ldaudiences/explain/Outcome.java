package io.github.ldaudiences.explain;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** The outcome of an event. */
public enum Outcome {
    /** No mapping wants it, or this mapping does not. */
    SKIPPED,

    /** It would go to the dead letter. */
    REJECTED,

    /** It would be sent to LaunchDarkly. */
    DELIVERED;

    /**
     * @param explained an event, or a mapping, in an explanation
     * @return whether it has this outcome
     */
    public boolean isOf(JsonNode explained) {
        return toString().equals(explained.path(Names.OUTCOME).textValue());
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
