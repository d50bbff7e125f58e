package io.github.ldaudiences.explain;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** What would become of an event. */
enum Outcome {
    /** No mapping wants it, or this one does not. */
    SKIPPED,

    /** It would be in the dead letter. */
    REJECTED,

    /** LaunchDarkly would be sent it. */
    DELIVERED;

    /** @return whether an explanation comes to this outcome */
    boolean isOf(JsonNode explained) {
        return toString().equals(explained.path(Names.OUTCOME).textValue());
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
