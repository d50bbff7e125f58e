package io.github.ldaudiences.tracing;

import io.github.ldaudiences.event.TraceOrigin;
import io.github.ldaudiences.inbound.kafka.RecordTraces;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Reads the span in the headers of a Kafka record. */
final class RecordSpans implements RecordTraces {

    private final TextMapPropagator propagator;

    RecordSpans(TextMapPropagator propagator) {
        this.propagator = propagator;
    }

    @Override
    public TraceOrigin of(ConsumerRecord<?, ?> consumed) {
        SpanContext found = Span.fromContext(propagator.extract(Context.root(), consumed, Texts.INSTANCE))
                .getSpanContext();
        return found.isValid() ? new SpanOrigin(found) : null;
    }

    private enum Texts implements TextMapGetter<ConsumerRecord<?, ?>> {
        INSTANCE;

        @Override
        public Iterable<String> keys(ConsumerRecord<?, ?> consumed) {
            return Arrays.stream(consumed.headers().toArray()).map(Header::key).toList();
        }

        @Override
        public String get(ConsumerRecord<?, ?> consumed, String key) {
            Header header = consumed == null ? null : consumed.headers().lastHeader(key);
            return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
        }
    }
}
