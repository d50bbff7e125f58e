package io.github.ldaudiences.tracing;

import io.github.ldaudiences.batch.Batch;
import io.github.ldaudiences.delivery.DeliveryFailure;
import io.github.ldaudiences.delivery.DeliveryOutcome;
import io.github.ldaudiences.event.TraceOrigin;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.support.RoutePolicySupport;

/**
 * Creates a span for the delivery of each batch, from its first attempt to its outcome, with a link to each span that
 * its events came from. If all its events came from one span, it joins that trace; otherwise it begins its own. For a
 * part of a divided batch, the span is a child of the batch's span.
 */
final class BatchSpans extends RoutePolicySupport {

    /** Exchange property: the span of the batch that is being delivered. */
    static final String SPAN = "audiencesBatchSpan";

    /** OpenTelemetry keeps no more links by default. */
    private static final int MAX_LINKS = 128;

    private final Tracer tracer;

    BatchSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public void onExchangeBegin(Route route, Exchange exchange) {
        Batch batch = exchange.getMessage().getBody(Batch.class);
        Span whole = exchange.getProperty(SPAN, Span.class);
        SpanBuilder builder = tracer.spanBuilder(whole == null ? "deliver batch" : "deliver part")
                .setParent(parent(batch, whole))
                .setAttribute("audiences.destination", batch.audience().destination())
                .setAttribute("audiences.audience", batch.audience().id())
                .setAttribute("audiences.context_kind", batch.audience().contextKind());
        Span span = builder.startSpan();
        exchange.setProperty(SPAN, span);
        exchange.setProperty(DeliveryOutcome.TRACE, new SpanOrigin(span.getSpanContext()));
    }

    private static Context parent(Batch batch, Span whole) {
        if (whole != null) {
            return Context.root().with(whole);
        }
        Iterator<TraceOrigin> origins = batch.traces(2).iterator();
        if (!origins.hasNext()) {
            return Context.root();
        }
        SpanOrigin only = (SpanOrigin) origins.next();
        return origins.hasNext() ? Context.root() : Context.root().with(Span.wrap(only.context()));
    }

    @Override
    public void onExchangeDone(Route route, Exchange exchange) {
        Span span = exchange.getProperty(SPAN, Span.class);
        Batch batch = exchange.getProperty(DeliveryOutcome.BATCH, Batch.class);
        if (span == null || batch == null) {
            return;
        }
        // At the end, because a batch takes over members of the batches behind it.
        Set<TraceOrigin> origins = batch.traces(MAX_LINKS);
        origins.forEach(origin -> span.addLink(((SpanOrigin) origin).context()));
        span.setAttribute("audiences.members", batch.size());
        String outcome = exchange.getProperty(DeliveryOutcome.OUTCOME, String.class);
        if (outcome != null) {
            span.setAttribute("audiences.outcome", outcome.toLowerCase(Locale.ROOT));
        }
        DeliveryFailure failure = exchange.getProperty(DeliveryOutcome.FAILURE, DeliveryFailure.class);
        if (exchange.isFailed() || (failure != null && failure.kind() != DeliveryFailure.Kind.ABANDONED)) {
            span.setStatus(StatusCode.ERROR); // without LaunchDarkly's message, which may quote a person
        }
        span.end();
    }
}
