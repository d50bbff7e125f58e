package io.github.ldaudiences;

import io.github.ldaudiences.delivery.Destination;
import io.github.ldaudiences.mapping.Mapping;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.spi.RouteTemplateParameterSource;

/**
 * Tells Camel which routes to create from the route templates: one for each mapping and one for each destination. Camel
 * calls this on every runtime, with or without Camel Main.
 */
final class TemplatedRoutes implements RouteTemplateParameterSource {

    private final Map<String, Map<String, Object>> routes = new LinkedHashMap<>();

    TemplatedRoutes(List<Mapping> mappings, List<Destination> destinations, boolean checkCredentials) {
        for (Destination destination : destinations) {
            if (checkCredentials) {
                routes.put(
                        "credentials-" + destination.id(),
                        Map.of(
                                TEMPLATE_ID,
                                "launchdarkly-credentials",
                                "destination",
                                destination.id(),
                                "api-url",
                                destination.apiUrl(),
                                "sdk-url",
                                destination.sdkUrl(),
                                "client-side-id",
                                URLEncoder.encode(destination.clientSideId(), StandardCharsets.UTF_8)));
            }
            routes.put(
                    "destination-" + destination.id(),
                    Map.of(
                            TEMPLATE_ID,
                            "launchdarkly-destination",
                            "destination",
                            destination.id(),
                            "api-url",
                            destination.apiUrl()));
        }
        for (Mapping mapping : mappings) {
            routes.put(
                    mapping.routeId(),
                    Map.of(
                            TEMPLATE_ID,
                            "sync-audience",
                            "mapping",
                            mapping.id(),
                            "trigger",
                            mapping.events().trigger()));
        }
    }

    @Override
    public Set<String> routeIds() {
        return routes.keySet();
    }

    @Override
    public Map<String, Object> parameters(String routeId) {
        return routes.get(routeId);
    }
}
