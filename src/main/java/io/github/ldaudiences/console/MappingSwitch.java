package io.github.ldaudiences.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.ldaudiences.inbound.http.RefusedRequestException;
import io.github.ldaudiences.mapping.Mapping;
import io.github.ldaudiences.mapping.MappingEndpoints;
import io.github.ldaudiences.problem.ProblemCode;
import java.util.Collection;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts and stops the route of a mapping, until the bundle restarts. */
public final class MappingSwitch implements ConsoleApi.Resource {

    private static final Logger LOG = LoggerFactory.getLogger(MappingSwitch.class);
    private static final String ENABLED = "enabled";

    private final CamelContext context;
    private final Collection<Mapping> mappings;

    /**
     * @param context where the routes are
     * @param mappings all mappings, including those that are off
     */
    public MappingSwitch(CamelContext context, Collection<Mapping> mappings) {
        this.context = context;
        this.mappings = mappings;
    }

    /**
     * Starts or stops the mapping before it returns. Events that are already being mapped continue.
     *
     * @throws RefusedRequestException if there is no such mapping, or the body is invalid
     */
    @Override
    public ConsoleAnswer answer(ConsoleRequest request, String id) throws RefusedRequestException {
        JsonNode enabled = request.json(Set.of(ENABLED)).path(ENABLED);
        if (!enabled.isBoolean()) {
            throw new RefusedRequestException(ProblemCode.QUERY_INVALID, "enabled must be true or false.");
        }
        Mapping mapping = mappings.stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow(
                        () -> new RefusedRequestException(ProblemCode.NOT_FOUND, "There is no mapping " + id + "."));
        boolean on = enabled.booleanValue();
        try {
            if (on != MappingEndpoints.isRunning(context, mapping.routeId())) {
                if (on) {
                    context.getRouteController().startRoute(mapping.routeId());
                } else {
                    context.getRouteController().stopRoute(mapping.routeId());
                }
                LOG.warn(
                        "Mapping {} was switched {} in the console. A restart puts it back as configured.",
                        id,
                        on ? "on" : "off: it skips its events");
            }
        } catch (Exception e) {
            LOG.error("Mapping {} could not be switched {}.", id, on ? "on" : "off", e);
            return ConsoleAnswer.problem(ProblemCode.INTERNAL_ERROR, "The mapping could not be switched; see the log.");
        }
        return ConsoleAnswer.ok(JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put(ENABLED, on)
                .put(
                        "note",
                        (on ? "" : "Events that arrive in the meantime are skipped. ")
                                + "This lasts until the bundle restarts; then the mapping is as configured."));
    }
}
