package io.github.ldaudiences.inbound.kafka;

import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/**
 * Accepts no header of a record, because one could be mistaken for a Camel header. Sends no header except the
 * {@code traceparent} of {@link EventRecords}.
 */
public final class NoHeaders implements HeaderFilterStrategy {

    /** W3C header with the span that a record comes from. */
    static final String TRACEPARENT = "traceparent";

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return !name.equals(TRACEPARENT);
    }

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return true;
    }
}
