package io.github.ldaudiences.delivery;

import io.github.ldaudiences.batch.Batch;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Predicate;
import org.apache.camel.support.ExpressionAdapter;

/**
 * Says whether a failed batch is retried now: while a source still waits, if its {@link DeliveryFailure} is one that may
 * pass. What an HTTP status means is decided there.
 */
public final class RetryWhileAwaited extends ExpressionAdapter implements Predicate {

    @Override
    public boolean matches(Exchange exchange) {
        Throwable caught = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class);
        boolean mayPass =
                switch (DeliveryFailure.of(caught).kind()) {
                    // An abandoned batch is awaited again if its events have been sent again meanwhile.
                    case TRANSIENT, ABANDONED -> true;
                    // Someone will fix it, but not before this process has ended.
                    case REFUSED_ACCESS -> !exchange.getContext().isStopping();
                    case REFUSED_REQUEST -> false;
                };
        return mayPass
                && exchange.getProperty(DeliveryOutcome.BATCH, Batch.class).isAwaited();
    }

    @Override
    public Object evaluate(Exchange exchange) {
        return matches(exchange);
    }
}
