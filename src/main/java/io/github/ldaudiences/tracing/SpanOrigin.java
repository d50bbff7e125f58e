package io.github.ldaudiences.tracing;

import io.github.ldaudiences.event.TraceOrigin;
import io.opentelemetry.api.trace.SpanContext;

/**
 * A span that events came from.
 *
 * @param context its OpenTelemetry context
 */
record SpanOrigin(SpanContext context) implements TraceOrigin {

    @Override
    public String traceId() {
        return context.getTraceId();
    }

    @Override
    public String spanId() {
        return context.getSpanId();
    }

    @Override
    public String traceparent() {
        // W3C: version, trace, span, flags
        return "00-" + traceId() + '-' + spanId() + '-'
                + context.getTraceFlags().asHex();
    }
}
