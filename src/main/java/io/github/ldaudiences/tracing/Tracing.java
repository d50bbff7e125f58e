package io.github.ldaudiences.tracing;

import io.github.ldaudiences.config.Inbound;
import io.github.ldaudiences.inbound.kafka.RecordTraces;
import io.github.ldaudiences.outbound.OutboundNetwork;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.common.ComponentLoader;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.service.ServiceHelper;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Creates OpenTelemetry spans for the routes. Spans are attached to routes and endpoints, so the routes need no steps
 * for them. No header that the routes send contains trace data.
 */
public final class Tracing implements AutoCloseable, RoutePolicyFactory {

    /** Defaults, which OpenTelemetry's own variables and properties override. */
    private static final Map<String, String> DEFAULTS = Map.of(
            "otel.service.name", "launchdarkly-audiences",
            "otel.metrics.exporter", "none",
            "otel.logs.exporter", "none",
            // The only protocol that the bundle's HTTP client supports.
            "otel.exporter.otlp.protocol", "http/protobuf",
            "otel.propagators", "tracecontext");

    /** Inbound routes whose exchanges are messages, each with a span of its own. */
    private static final Set<String> MESSAGES = Stream.of(Inbound.values())
            .filter(Tracing::takesMessages)
            .map(Inbound::routeId)
            .collect(Collectors.toUnmodifiableSet());

    private final OpenTelemetrySdk own; // null if it is closed elsewhere
    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final Map<String, String> httpRoutes;

    private static boolean takesMessages(Inbound inbound) {
        return switch (inbound) {
            case ENDPOINT -> true;
            case HTTP -> false; // a span for each request
            case KAFKA -> false; // many records in an exchange: each brings the span of its producer
            case FILE -> false; // lines have no sender's span
        };
    }

    private Tracing(OpenTelemetry openTelemetry, OpenTelemetrySdk own, Map<String, String> httpRoutes) {
        this.own = own;
        this.tracer = openTelemetry.getTracer("io.github.ldaudiences");
        this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
        this.httpRoutes = new HashMap<>(httpRoutes);
    }

    /**
     * Starts tracing. It uses the OpenTelemetry of the Camel registry, otherwise that of the process, which an agent
     * may have set, otherwise a new one that OpenTelemetry's variables and properties configure.
     *
     * @param context a Camel context whose routes have not been created yet
     * @param httpRoutes inbound routes that answer HTTP requests, with the path of each
     * @param network how a new OpenTelemetry sends spans
     * @return an object to close when the context has stopped
     * @throws RuntimeException of OpenTelemetry if its variables have invalid values
     */
    public static Tracing begin(CamelContext context, Map<String, String> httpRoutes, OutboundNetwork network) {
        OpenTelemetry found = context.getRegistry().findSingleByType(OpenTelemetry.class);
        if (found == null && GlobalOpenTelemetry.isSet()) {
            found = GlobalOpenTelemetry.get();
        }
        OpenTelemetrySdk own = found == null ? ownSdk(context, network) : null;
        Tracing tracing = new Tracing(found == null ? own : found, own, httpRoutes);
        context.addRoutePolicyFactory(tracing);
        AttemptSpans attempts = new AttemptSpans(tracing.tracer);
        context.getManagementStrategy().addEventNotifier(attempts);
        ServiceHelper.startService(attempts); // as Camel's own tracer does
        return tracing;
    }

    private static OpenTelemetrySdk ownSdk(CamelContext context, OutboundNetwork network) {
        Logger library = Logger.getLogger("io.opentelemetry");
        if (library.getHandlers().length == 0) {
            // Logs an unavailable collector in the bundle's log.
            library.addHandler(new SLF4JBridgeHandler());
            library.setUseParentHandlers(false);
        }
        return AutoConfiguredOpenTelemetrySdk.builder()
                .setComponentLoader(components(config -> new SpanSender(config, context, network)))
                .addPropertiesSupplier(() -> DEFAULTS)
                .disableShutdownHook() // the last batches are delivered after that hook
                .build()
                .getOpenTelemetrySdk();
    }

    /** @return OpenTelemetry's components on the class path, but this one for HTTP */
    private static ComponentLoader components(HttpSenderProvider sender) {
        ComponentLoader others = ComponentLoader.forClassLoader(AutoConfiguredOpenTelemetrySdk.class.getClassLoader());
        return new ComponentLoader() {
            @Override
            public <T> Iterable<T> load(Class<T> type) {
                return type == HttpSenderProvider.class ? List.of(type.cast(sender)) : others.load(type);
            }
        };
    }

    /** @return reads the spans in Kafka records */
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

    /** Sends the remaining spans. */
    @Override
    public void close() {
        if (own != null) {
            own.close();
        }
    }
}
