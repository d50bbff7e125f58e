package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.event.SegmentEvent;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.support.ExpressionAdapter;

/** Matches events of the kinds of computation that a mapping copies. An event of no computation is not for us. */
public final class ComputationClassFilter extends ExpressionAdapter implements Predicate {

    private final MappingValue computationClass;
    private final Set<String> wanted;

    /** @param mapping which computation classes are wanted, and where an event names its own */
    public ComputationClassFilter(Mapping mapping) {
        this.computationClass = mapping.segmentComputationAction();
        this.wanted = mapping.computationClasses();
    }

    @Override
    public boolean matches(Exchange exchange) {
        JsonNode event = ((SegmentEvent) exchange.getMessage().getBody()).json();
        try {
            String found = JsonText.of("segment_computation_action", computationClass.in(event));
            return found != null && wanted.contains(found);
        } catch (UnmappableEventException e) {
            return false;
        }
    }

    @Override
    public Object evaluate(Exchange exchange) {
        return matches(exchange);
    }

    @Override
    public String toString() {
        return "computation class in " + wanted;
    }
}
