package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.event.SegmentEvent;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.support.ExpressionAdapter;

/**
 * Matches events of the kinds of computation that a mapping copies. An event of no computation is not for us, but for a
 * mapping of lists: these are of none, and their type is all there is to say what they are.
 */
public final class ComputationClassFilter extends ExpressionAdapter implements Predicate {

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
    public boolean matches(Exchange exchange) {
        return passes(((SegmentEvent) exchange.getMessage().getBody()).json());
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
    public Object evaluate(Exchange exchange) {
        return matches(exchange);
    }

    @Override
    public String toString() {
        return any ? "any" : "computation class in " + wanted;
    }
}
