package io.github.ldaudiences.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.batch.BatchByAudience;
import io.github.ldaudiences.batch.RecallStates;
import io.github.ldaudiences.batch.SettleRepeats;
import io.github.ldaudiences.config.Mappings;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.delivery.Destination;
import io.github.ldaudiences.delivery.DestinationTraffic;
import io.github.ldaudiences.delivery.SegmentAudiencesRequest;
import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.event.RejectedEvent;
import io.github.ldaudiences.event.SegmentEvent;
import io.github.ldaudiences.mapping.Mapping;
import io.github.ldaudiences.problem.Problem;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Explains what would happen to events, and why, without any effect. It asks the classes that decide during delivery,
 * so that its answers match what would happen.
 */
public final class Explainer {

    private final List<MappingExplainer> mappings;
    private final Function<Mapping, MappingStatus> status;

    private Explainer(List<MappingExplainer> mappings, Function<Mapping, MappingStatus> status) {
        this.mappings = mappings;
        this.status = status;
    }

    /**
     * @param settings all settings
     * @param mappings the mappings to explain, including those that are off
     * @param destinations their destinations
     * @param sandboxed whether the destinations are in the embedded sandbox
     * @param batches creates the batches
     * @param recallStates looks up states that this process does not remember
     * @param settleRepeats knows which changes need no request
     * @param status says whether a mapping is active now
     * @return an explainer
     */
    public static Explainer of(
            Settings settings,
            List<Mapping> mappings,
            List<Destination> destinations,
            boolean sandboxed,
            BatchByAudience batches,
            RecallStates recallStates,
            SettleRepeats settleRepeats,
            Function<Mapping, MappingStatus> status) {
        Map<String, Destination> byId =
                destinations.stream().collect(Collectors.toMap(Destination::id, Function.identity()));
        return new Explainer(
                mappings.stream()
                        .map(mapping -> {
                            Destination destination = byId.get(mapping.destination());
                            return new MappingExplainer(
                                    mapping,
                                    Mappings.ownFields(settings, mapping.id()),
                                    batches,
                                    recallStates,
                                    settleRepeats,
                                    destination.clientSideId(),
                                    sandboxed,
                                    new SegmentAudiencesRequest(destination, new DestinationTraffic(destination.id())));
                        })
                        .toList(),
                status);
    }

    /**
     * @param events events of one body
     * @param unreadable parts of the body that could not be read as events
     * @return {@code events}: for each, in order, {@code index}, {@code messageId}, {@code outcome}, {@code code} and
     *     {@code reason} if it could not be read, and {@code mappings}
     */
    public ObjectNode explain(List<SegmentEvent> events, List<RejectedEvent> unreadable) {
        ObjectNode explanation = JsonNodeFactory.instance.objectNode();
        ArrayNode explained = explanation.putArray("events");
        Stream.concat(events.stream().map(this::event), unreadable.stream().map(Explainer::unreadable))
                .sorted(Comparator.comparingInt(event -> event.path(Names.INDEX).intValue()))
                .forEach(explained::add);
        return explanation;
    }

    private ObjectNode event(SegmentEvent read) {
        SegmentEvent event = read.parsed();
        List<ObjectNode> explained = mappings.stream()
                .map(mapping -> mapping.explain(event, status.apply(mapping.mapping())))
                .toList();
        ObjectNode explanation = event(event.origin(), RejectedEvent.messageIdIn(event.json()), together(explained));
        explanation.putArray(Names.MAPPINGS).addAll(explained);
        return explanation;
    }

    private static ObjectNode unreadable(RejectedEvent rejected) {
        Problem problem = rejected.problem();
        return event(rejected.origin(), rejected.messageId(), Outcome.REJECTED)
                .put(Names.CODE, problem.code().toString())
                .put(Names.REASON, problem.reason());
    }

    private static ObjectNode event(EventOrigin origin, String messageId, Outcome outcome) {
        return JsonNodeFactory.instance
                .objectNode()
                .put(Names.INDEX, origin.index())
                .put(Names.MESSAGE_ID, messageId)
                .put(Names.OUTCOME, outcome.toString());
    }

    /** As a receipt counts an event: once, and rejected takes precedence. */
    private static Outcome together(List<ObjectNode> mappings) {
        return Stream.of(Outcome.REJECTED, Outcome.DELIVERED)
                .filter(outcome -> mappings.stream().anyMatch(outcome::isOf))
                .findFirst()
                .orElse(Outcome.SKIPPED);
    }
}
