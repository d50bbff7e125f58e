package io.github.ldaudiences.mapping;

import io.github.ldaudiences.event.EventChunk;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ServiceStatus;
import org.apache.camel.support.ExpressionAdapter;

/**
 * Returns the endpoints of the mappings whose routes are running, so that stopped mappings receive no events. A
 * replayed event goes only to the mapping that rejected it.
 */
public final class MappingEndpoints extends ExpressionAdapter {

    private final Map<String, String> routeIds;

    /** @param mappings all mappings */
    public MappingEndpoints(List<Mapping> mappings) {
        this.routeIds = mappings.stream()
                .collect(Collectors.toMap(Mapping::id, Mapping::routeId, (first, second) -> first, LinkedHashMap::new));
    }

    @Override
    public Object evaluate(Exchange exchange) {
        String only = ((EventChunk) exchange.getMessage().getBody()).onlyMapping();
        List<String> endpoints = new ArrayList<>(routeIds.size());
        routeIds.forEach((mapping, routeId) -> {
            if ((only == null || only.equals(mapping)) && isRunning(exchange.getContext(), routeId)) {
                endpoints.add("direct:" + routeId + "?block=false");
            }
        });
        return endpoints;
    }

    /**
     * @param context where the routes are
     * @param mapping id of a mapping
     * @return why the mapping accepts no events, or null if it accepts them
     */
    public Problem problem(CamelContext context, String mapping) {
        String routeId = routeIds.get(mapping);
        if (routeId == null) {
            return new Problem(
                    ProblemCode.MAPPING_OFF,
                    "The mapping " + mapping + ", which rejected the event, no longer exists.");
        }
        return isRunning(context, routeId)
                ? null
                : new Problem(
                        ProblemCode.MAPPING_OFF,
                        "The mapping " + mapping + ", which rejected the event, is not running.");
    }

    /**
     * @param context where the mapping's route is
     * @param routeId id of that route
     * @return whether the route is running
     */
    public static boolean isRunning(CamelContext context, String routeId) {
        ServiceStatus status = context.getRouteController().getRouteStatus(routeId);
        return status != null && status.isStarted();
    }
}
