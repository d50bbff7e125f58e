package io.github.ldaudiences.mapping;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.ServiceStatus;
import org.apache.camel.support.ExpressionAdapter;

/** Names the endpoint of each mapping whose route is running, so that a stopped mapping is simply left out. */
public final class MappingEndpoints extends ExpressionAdapter {

    private final List<String> routeIds;

    /** @param routeIds ids of the routes of all mappings */
    public MappingEndpoints(List<String> routeIds) {
        this.routeIds = List.copyOf(routeIds);
    }

    @Override
    public Object evaluate(Exchange exchange) {
        List<String> endpoints = new ArrayList<>(routeIds.size());
        for (String routeId : routeIds) {
            ServiceStatus status = exchange.getContext().getRouteController().getRouteStatus(routeId);
            if (status != null && status.isStarted()) {
                endpoints.add("direct:" + routeId + "?block=false");
            }
        }
        return endpoints;
    }
}
