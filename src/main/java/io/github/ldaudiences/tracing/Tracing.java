package io.github.ldaudiences.tracing;

import io.github.ldaudiences.kafka.RecordTraces;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.logging.Logger;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.service.ServiceHelper;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Makes OpenTelemetry spans of what the routes do: the spans' places are routes and endpoints, so that no route has a step
 * for them. Nothing of a trace is in a header that the routes send.
 */
public final class Tracing implements AutoCloseable, RoutePolicyFactory {

    /** What OpenTelemetry's own variables and properties override. */
    private static final Map<String, String> DEFAULTS = Map.of(
            "otel.service.name", "launchdarkly-audiences",
            "otel.metrics.exporter", "none",
            "otel.logs.exporter", "none",
            // The only one that the JVM's own HTTP client can speak.
            "otel.exporter.otlp.protocol", "http/protobuf",
            "otel.propagators", "tracecontext");

    private static final Set<String> MESSAGES = Set.of("inbound-endpoint");

    private final OpenTelemetrySdk own; // null if somebody else closes it
    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final Map<String, String> httpRoutes;

    private Tracing(OpenTelemetry openTelemetry, OpenTelemetrySdk own, Map<String, String> httpRoutes) {
        this.own = own;
        this.tracer = openTelemetry.getTracer("io.github.ldaudiences");
        this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
        this.httpRoutes = new HashMap<>(httpRoutes);
    }

    /**
     * Begins to trace: with the OpenTelemetry of the Camel registry, else with that of the process, which an agent may have
     * put there, else with one of its own, which OpenTelemetry's variables and properties set up.
     *
     * @param context a Camel context whose routes are not made yet
     * @param httpRoutes inbound routes that answer HTTP requests, each with its path
     * @return to be closed when the context has stopped
     * @throws RuntimeException of OpenTelemetry if what its variables say cannot be used
     */
    public static Tracing begin(CamelContext context, Map<String, String> httpRoutes) {
        OpenTelemetry found = context.getRegistry().findSingleByType(OpenTelemetry.class);
        if (found == null && GlobalOpenTelemetry.isSet()) {
            found = GlobalOpenTelemetry.get();
        }
        OpenTelemetrySdk own = found == null ? ownSdk() : null;
        Tracing tracing = new Tracing(found == null ? own : found, own, httpRoutes);
        context.addRoutePolicyFactory(tracing);
        AttemptSpans attempts = new AttemptSpans(tracing.tracer);
        context.getManagementStrategy().addEventNotifier(attempts);
        ServiceHelper.startService(attempts); // as Camel's own tracer does
        return tracing;
    }

    private static OpenTelemetrySdk ownSdk() {
        Logger library = Logger.getLogger("io.opentelemetry");
        if (library.getHandlers().length == 0) {
            // A collector that is away is said where everything else is said.
            library.addHandler(new SLF4JBridgeHandler());
            library.setUseParentHandlers(false);
        }
        return AutoConfiguredOpenTelemetrySdk.builder()
                .addPropertiesSupplier(() -> DEFAULTS)
                .disableShutdownHook() // the last batches are delivered after it
                .build()
                .getOpenTelemetrySdk();
    }

    /** @return finds the spans that Kafka records name */
    public RecordTraces records() {
        return new RecordSpans(propagator);
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        if (routeId.equals("deliver")) {
            return new BatchSpans(tracer);
        }
        if (httpRoutes.containsKey(routeId)) {
            return new InboundSpans(tracer, propagator, "POST " + httpRoutes.get(routeId), true);
        }
        return MESSAGES.contains(routeId) ? new InboundSpans(tracer, propagator, routeId, false) : null;
    }

    /** Sends the spans that are left. */
    @Override
    public void close() {
        if (own != null) {
            own.close();
        }
    }
}
