package io.github.ldaudiences.kafka;

import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/**
 * Lets no header of a record in, which could pass for one of Camel's own, and none out but the {@code traceparent} of
 * {@link EventRecords}.
 */
public final class NoHeaders implements HeaderFilterStrategy {

    /** W3C: the span that a record comes from. */
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
