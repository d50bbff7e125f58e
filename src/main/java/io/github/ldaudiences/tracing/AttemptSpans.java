package io.github.ldaudiences.tracing;

import io.github.ldaudiences.batch.Batch;
import io.github.ldaudiences.delivery.DeliveryOutcome;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.net.URI;
import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeSendingEvent;
import org.apache.camel.spi.CamelEvent.ExchangeSentEvent;
import org.apache.camel.support.EventNotifierSupport;

/** Creates a span for each request to LaunchDarkly that has members, as a child of its batch's span. */
final class AttemptSpans extends EventNotifierSupport {

    private static final String SPAN = "audiencesAttemptSpan";

    private final Tracer tracer;

    AttemptSpans(Tracer tracer) {
        this.tracer = tracer;
        setIgnoreCamelContextEvents(true);
        setIgnoreCamelContextInitEvents(true);
        setIgnoreRouteEvents(true);
        setIgnoreServiceEvents(true);
        setIgnoreStepEvents(true);
        setIgnoreExchangeCreatedEvent(true);
        setIgnoreExchangeCompletedEvent(true);
        setIgnoreExchangeFailedEvents(true);
        setIgnoreExchangeRedeliveryEvents(true);
    }

    @Override
    public void notify(CamelEvent event) {
        if (event instanceof ExchangeSendingEvent sending) {
            String uri = sending.getEndpoint().getEndpointUri();
            Span batch = uri.startsWith("http") ? sending.getExchange().getProperty(BatchSpans.SPAN, Span.class) : null;
            if (batch != null) {
                begin(sending.getExchange(), batch, URI.create(uri).getHost());
            }
        } else if (event instanceof ExchangeSentEvent sent
                && sent.getEndpoint().getEndpointUri().startsWith("http")) {
            end(sent.getExchange());
        }
    }

    private void begin(Exchange exchange, Span batchSpan, String host) {
        Batch batch = exchange.getProperty(DeliveryOutcome.BATCH, Batch.class);
        Span span = tracer.spanBuilder("POST segment-audiences")
                .setParent(Context.root().with(batchSpan))
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute("http.request.method", "POST")
                .setAttribute("server.address", host)
                .setAttribute("audiences.destination", batch.audience().destination())
                .setAttribute("audiences.members", batch.size())
                .setAttribute("audiences.attempt", batch.attempts())
                .startSpan();
        exchange.setProperty(SPAN, span);
    }

    private static void end(Exchange exchange) {
        Span span = (Span) exchange.removeProperty(SPAN);
        if (span == null) {
            return;
        }
        Exception failure = exchange.getException();
        Integer status = failure instanceof HttpOperationFailedException http
                ? Integer.valueOf(http.getStatusCode())
                : exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        if (status != null) {
            span.setAttribute("http.response.status_code", status);
        }
        if (failure != null) {
            span.setAttribute("error.type", status == null ? failure.getClass().getSimpleName() : status.toString());
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }
}
