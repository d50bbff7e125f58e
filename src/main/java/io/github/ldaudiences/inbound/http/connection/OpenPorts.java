package io.github.ldaudiences.inbound.http.connection;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.Route;

/**
 * The ports and routes that accept HTTP requests.
 *
 * @param currentRoutes all routes of the Camel context, running or not
 * @param ours the ports on which the bundle's own routes listen
 * @param authenticate whether senders must authenticate
 * @param aliases paths that lead to a route, each with the path of that route
 */
public record OpenPorts(
        Supplier<List<Route>> currentRoutes, Set<Integer> ours, boolean authenticate, Map<String, String> aliases) {

    List<Route> routes() {
        return currentRoutes.get();
    }

    boolean areOurs(int port) {
        return ours.contains(port);
    }
}
