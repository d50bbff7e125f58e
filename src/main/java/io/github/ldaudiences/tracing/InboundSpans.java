package io.github.ldaudiences.tracing;

import io.github.ldaudiences.inbound.InboundProperties;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.support.RoutePolicySupport;

/** Creates a span for each exchange of an inbound route, in the trace of its sender. */
final class InboundSpans extends RoutePolicySupport {

    private static final String SPAN = "audiencesInboundSpan";

    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final String name;
    private final boolean http;

    /**
     * @param tracer creates the spans
     * @param propagator reads the sender's span from the headers
     * @param name the name of each span
     * @param http whether the route answers HTTP requests; otherwise it consumes messages
     */
    InboundSpans(Tracer tracer, TextMapPropagator propagator, String name, boolean http) {
        this.tracer = tracer;
        this.propagator = propagator;
        this.name = name;
        this.http = http;
    }

    @Override
    public void onExchangeBegin(Route route, Exchange exchange) {
        Context current = Context.current(); // an agent may already have created a span for the request
        Context parent = Span.fromContext(current).getSpanContext().isValid()
                ? current
                : propagator.extract(Context.root(), exchange.getMessage().getHeaders(), Texts.INSTANCE);
        Span span = tracer.spanBuilder(name)
                .setParent(parent)
                .setSpanKind(http ? SpanKind.SERVER : SpanKind.CONSUMER)
                .startSpan();
        if (http) {
            span.setAttribute("http.request.method", "POST");
        }
        exchange.setProperty(SPAN, span);
        exchange.setProperty(InboundProperties.TRACE, new SpanOrigin(span.getSpanContext()));
    }

    @Override
    public void onExchangeDone(Route route, Exchange exchange) {
        Span span = (Span) exchange.removeProperty(SPAN);
        if (span == null) {
            return;
        }
        int status = exchange.getMessage()
                .getHeader(Exchange.HTTP_RESPONSE_CODE, exchange.isFailed() ? 500 : 200, Integer.class);
        if (http) {
            span.setAttribute("http.response.status_code", status);
        }
        if (exchange.isFailed() || status >= 500) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }

    /** Reads only headers that are text; the meaning of others is unknown. */
    private enum Texts implements TextMapGetter<Map<String, Object>> {
        INSTANCE;

        @Override
        public Iterable<String> keys(Map<String, Object> headers) {
            return headers.keySet();
        }

        @Override
        public String get(Map<String, Object> headers, String key) {
            return headers != null && headers.get(key) instanceof String text ? text : null;
        }
    }
}
