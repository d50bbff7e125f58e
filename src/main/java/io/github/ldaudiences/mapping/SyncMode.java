package io.github.ldaudiences.mapping;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Segment: which events of Reverse ETL a mapping accepts, and how each changes the membership of its row's person. */
public enum SyncMode {

    /** No such events. */
    NONE(List.of(), List.of()),

    /** New rows add. */
    ADD(List.of("new"), List.of()),

    /** Updated rows add. */
    UPDATE(List.of("updated"), List.of()),

    /** New and updated rows add. */
    UPSERT(List.of("new", "updated"), List.of()),

    /** Deleted rows remove. */
    DELETE(List.of(), List.of("deleted")),

    /** New and updated rows add, deleted rows remove. */
    MIRROR(List.of("new", "updated"), List.of("deleted"));

    private final List<String> adding;
    private final List<String> removing;

    SyncMode(List<String> adding, List<String> removing) {
        this.adding = adding;
        this.removing = removing;
    }

    /**
     * @param event the name of an event, or null
     * @return how the event changes the membership of its person
     */
    AudienceAction actionOf(String event) {
        if (event == null || !events().contains(event)) {
            return AudienceAction.SKIP;
        }
        return AudienceAction.of(adding.contains(event));
    }

    /**
     * @param event the name of an event, or null
     * @return whether it is an event of Reverse ETL, in any mode
     */
    public static boolean isRow(String event) {
        return event != null && MIRROR.events().contains(event);
    }

    /** @return the names of the events that the mode accepts */
    public List<String> events() {
        return Stream.concat(adding.stream(), removing.stream()).toList();
    }

    /** @return FQL that selects exactly these events */
    public String trigger() {
        String events =
                events().stream().map(event -> "event = \"" + event + '"').collect(Collectors.joining(" or "));
        return "type = \"track\" and " + (events().size() > 1 ? '(' + events + ')' : events);
    }

    /** @return its name in the configuration */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
