package io.github.ldaudiences.mapping;

import io.github.ldaudiences.event.EventChunk;
import io.github.ldaudiences.event.RejectedEvent;
import io.github.ldaudiences.event.SegmentEvent;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the events that a mapping wants into membership changes, and the events that it cannot use into rejected
 * events.
 */
public final class MapEvents implements Processor {

    /** Exchange property: the {@link RejectedEvent}s of the chunk. The routes name it too. */
    public static final String REJECTED = "audiencesRejected";

    private static final Logger LOG = LoggerFactory.getLogger(MapEvents.class);

    private final Mapping mapping;
    private final AudienceMapper mapper;
    private final Function<MembershipChange, Problem> replayProblem;
    private final MappingCounts counts;

    /**
     * @param mapping the mapping
     * @param replayProblem says why a change of a replayed event must not be delivered; null if it may be delivered
     * @param counts counts the results
     */
    public MapEvents(Mapping mapping, Function<MembershipChange, Problem> replayProblem, MappingCounts counts) {
        this.mapping = mapping;
        this.mapper = new AudienceMapper(mapping);
        this.replayProblem = replayProblem;
        this.counts = counts;
    }

    /**
     * Replaces the {@link EventChunk} in the body with the changes, in the order of the events. Rejected events go to
     * the exchange property {@value #REJECTED}. Each change and each rejection is announced to the receipt of its
     * event.
     */
    @Override
    public void process(Exchange exchange) {
        EventChunk chunk = (EventChunk) exchange.getMessage().getBody();
        List<MembershipChange> changes = new ArrayList<>(chunk.events().size());
        List<RejectedEvent> rejected = new ArrayList<>(0);
        counts.skipped(chunk.skipped());
        for (EventChunk.Defect defect : chunk.defects()) {
            rejected.add(rejected(defect.event(), internalError(defect.cause())));
        }
        for (SegmentEvent event : chunk.events()) {
            Problem problem = map(event, changes);
            if (problem != null) {
                rejected.add(rejected(event, problem));
            }
        }
        counts.mapped(changes.size());
        counts.rejected(rejected.size());
        exchange.setProperty(REJECTED, rejected);
        exchange.getMessage().setBody(changes);
    }

    /** @return the problem with the event, or null */
    private Problem map(SegmentEvent event, List<MembershipChange> all) {
        int before = all.size();
        List<MembershipChange> changes = all.subList(before, before);
        Problem problem;
        try {
            problem = mapper.map(event, changes, MappingTrace.NONE);
        } catch (RuntimeException e) {
            changes.clear();
            problem = internalError(e);
        }
        if (event.origin().replay() != null) {
            problem = holdBack(changes, problem);
        }
        if (problem == null && changes.isEmpty()) {
            counts.skipped(1); // it changes no membership
        }
        changes.forEach(change -> event.origin().expect());
        return problem;
    }

    /** Keeps one problem at most: an event is rejected once, however many people it is about. */
    private Problem holdBack(List<MembershipChange> changes, Problem problemBefore) {
        Problem problem = problemBefore;
        for (Iterator<MembershipChange> each = changes.iterator(); each.hasNext(); ) {
            Problem held = replayProblem.apply(each.next());
            if (held != null) {
                each.remove();
                problem = problem == null ? held : problem;
            }
        }
        return problem;
    }

    private RejectedEvent rejected(SegmentEvent event, Problem problem) {
        return new RejectedEvent(event.origin(), problem, mapping.id(), mapping.destination()).announce();
    }

    private static Problem internalError(RuntimeException defect) {
        LOG.error("An event could not be mapped.", defect);
        return new Problem(
                ProblemCode.INTERNAL_ERROR,
                "Internal error: " + defect.getClass().getName());
    }
}
