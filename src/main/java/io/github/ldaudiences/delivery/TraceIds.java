package io.github.ldaudiences.delivery;

import io.github.ldaudiences.event.TraceOrigin;
import org.apache.camel.Exchange;
import org.slf4j.MDC;

/**
 * Adds the ids of a batch's span to the lines that are logged until it is closed.
 *
 * @param known whether there is a span
 */
record TraceIds(boolean known) implements AutoCloseable {

    private static final String TRACE = "trace_id";
    private static final String SPAN = "span_id";

    static TraceIds of(Exchange exchange) {
        TraceOrigin trace = exchange.getProperty(DeliveryOutcome.TRACE, TraceOrigin.class);
        if (trace != null) {
            MDC.put(TRACE, trace.traceId());
            MDC.put(SPAN, trace.spanId());
        }
        return new TraceIds(trace != null);
    }

    @Override
    public void close() {
        if (known) {
            MDC.remove(TRACE);
            MDC.remove(SPAN);
        }
    }
}
