package io.github.ldaudiences.delivery;

import io.github.ldaudiences.batch.Batch;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Predicate;
import org.apache.camel.support.ExpressionAdapter;

/** Says whether a failed batch gets another attempt: the failure may pass, and a source still waits. */
public final class WorthRetrying extends ExpressionAdapter implements Predicate {

    @Override
    public boolean matches(Exchange exchange) {
        Throwable caught = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class);
        Batch batch = exchange.getProperty(DeliveryOutcome.BATCH, Batch.class);
        return DeliveryFailure.of(caught).kind() == DeliveryFailure.Kind.TRANSIENT && batch.isAwaited();
    }

    @Override
    public Object evaluate(Exchange exchange) {
        return matches(exchange);
    }
}
