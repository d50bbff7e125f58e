package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.event.EventChunk;
import java.util.Collection;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.support.ExpressionAdapter;

/**
 * Keeps the events of a chunk whose kind the mapping copies. Audience events are distinguished by their computation
 * class, events of Reverse ETL by their name. Audience lists always pass: their type identifies them.
 */
public final class EventKinds extends ExpressionAdapter {

    /** Segment: the place of a track event that holds its name. */
    static final List<String> EVENT = List.of("event");

    private static final MappingValue EVENT_NAME = PathValue.of(EVENT);

    private final boolean any;
    private final String name;
    private final String field;
    private final MappingValue kind;
    private final Collection<String> wanted;

    /** @param events says which kinds the mapping copies, and where events name their kind */
    public EventKinds(EventSelection events) {
        this.any = events.preset() == MappingPreset.RUDDERSTACK_AUDIENCE_LIST;
        boolean rows = events.preset() == MappingPreset.REVERSE_ETL;
        this.name = rows ? "event of sync mode " + events.syncMode() : "computation class";
        this.field = rows ? "event" : "segment_computation_action";
        this.kind = rows ? EVENT_NAME : events.computationAction();
        this.wanted = rows ? events.syncMode().events() : events.computationClasses();
    }

    @Override
    public Object evaluate(Exchange exchange) {
        EventChunk chunk = (EventChunk) exchange.getMessage().getBody();
        return any ? chunk : chunk.where(this::passes);
    }

    /**
     * @param event the event's JSON
     * @return whether the mapping copies events of its kind
     */
    public boolean passes(JsonNode event) {
        if (any) {
            return true;
        }
        String found = found(event);
        return found != null && wanted.contains(found);
    }

    /**
     * @param event the event's JSON
     * @return the kind that it names, or null if it names none
     */
    public String found(JsonNode event) {
        try {
            return JsonText.of(field, kind.in(event));
        } catch (UnmappableEventException e) {
            return null;
        }
    }

    /** @return what distinguishes the kinds, for use in a sentence */
    public String name() {
        return name;
    }

    /** @return where an event names its kind */
    public MappingValue kind() {
        return kind;
    }

    /** @return the kinds that the mapping copies */
    public Collection<String> wanted() {
        return wanted;
    }

    @Override
    public String toString() {
        return any ? "any" : name + " in " + wanted;
    }
}
