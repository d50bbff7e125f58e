package io.github.ldaudiences.deadletter;

import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.support.ExpressionAdapter;
import org.apache.camel.util.ObjectHelper;

/**
 * Says whether writing dead letters is retried before their sources are informed. It is not if the previous letters
 * could not be written either: others wait, and the sources will send the events again.
 */
public final class WorthWritingAgain extends ExpressionAdapter implements Predicate {

    private static final int MAX_AGAIN = 3;

    private final DeadLetters deadLetters;

    /** @param deadLetters knows the result of the previous write */
    public WorthWritingAgain(DeadLetters deadLetters) {
        this.deadLetters = deadLetters;
    }

    @Override
    public boolean matches(Exchange exchange) {
        Exception caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        return exchange.getMessage().getHeader(Exchange.REDELIVERY_COUNTER, 0, Integer.class) <= MAX_AGAIN
                && deadLetters.problem() == null
                && ObjectHelper.getException(DeadLetterFullException.class, caught) == null;
    }

    @Override
    public Object evaluate(Exchange exchange) {
        return matches(exchange);
    }
}
