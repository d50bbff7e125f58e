package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.event.EventChunk;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.support.ExpressionAdapter;

/**
 * Keeps the events of a chunk that are of the kinds of computation that a mapping copies. A mapping of audience lists
 * keeps all events: a list is of no computation, and its type says what it is.
 */
public final class ComputationClassFilter extends ExpressionAdapter {

    private final boolean any;
    private final MappingValue computationClass;
    private final Set<String> wanted;

    /** @param mapping which computation classes are wanted, and where an event names its own */
    public ComputationClassFilter(Mapping mapping) {
        this.any = mapping.preset() == MappingPreset.RUDDERSTACK_AUDIENCE_LIST;
        this.computationClass = mapping.segmentComputationAction();
        this.wanted = mapping.computationClasses();
    }

    @Override
    public Object evaluate(Exchange exchange) {
        EventChunk chunk = (EventChunk) exchange.getMessage().getBody();
        return any ? chunk : chunk.where(this::passes);
    }

    /**
     * @param event the event's JSON
     * @return whether the mapping copies what it is of
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
     * @return the computation class that it names, or null if it names none
     */
    public String found(JsonNode event) {
        try {
            return JsonText.of("segment_computation_action", computationClass.in(event));
        } catch (UnmappableEventException e) {
            return null;
        }
    }

    @Override
    public String toString() {
        return any ? "any" : "computation class in " + wanted;
    }
}
