package io.github.ldaudiences.mapping;

/**
 * The segment that a membership change is about.
 *
 * @param destination id of the destination
 * @param contextKind LaunchDarkly context kind
 * @param id Segment's audience id, LaunchDarkly's {@code cohortId}
 * @param correlationKey the three as one text, which is unique since neither of the first two can hold a slash
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

    @Override
    public String toString() {
        return correlationKey;
    }
}
