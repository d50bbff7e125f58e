package io.github.ldaudiences.mapping;

/**
 * The segment that a membership change is about.
 *
 * @param destination id of the destination
 * @param contextKind LaunchDarkly context kind
 * @param id Segment's audience id, LaunchDarkly's {@code cohortId}
 * @param correlationKey the three as one text, unique because neither of the first two can contain a slash
 */
public record Audience(String destination, String contextKind, String id, String correlationKey) {

    /**
     * @param destination id of the destination
     * @param contextKind LaunchDarkly context kind
     * @param id Segment's audience id
     */
    public Audience(String destination, String contextKind, String id) {
        this(destination, contextKind, id, destination + '/' + contextKind + '/' + id);
    }

    /** Compares the correlation keys only: comparing the parts costs as much as the rest of mapping an event. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Audience audience && correlationKey.equals(audience.correlationKey);
    }

    @Override
    public int hashCode() {
        return correlationKey.hashCode();
    }

    @Override
    public String toString() {
        return correlationKey;
    }
}
