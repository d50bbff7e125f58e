package io.github.ldaudiences.delivery;

import io.github.ldaudiences.batch.Batch;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Predicate;
import org.apache.camel.support.ExpressionAdapter;

/** Starts the division of a batch that LaunchDarkly rejects. */
public final class Divider {

    /** Exchange property: the {@link Division} that a batch is a part of; its own, once it is divided itself. */
    static final String DIVISION = "audiencesDivision";

    /**
     * @param batch the rejected batch
     * @param failure why
     * @param partOf the division that the batch is a part of, or null
     * @return its division
     */
    public Division divide(
            @Body Batch batch,
            @ExchangeProperty(DeliveryOutcome.FAILURE) DeliveryFailure failure,
            @ExchangeProperty(DIVISION) Division partOf) {
        return new Division(batch, failure, partOf == null);
    }

    /** Says whether a part is worth a request: not if all similar members have been rejected. */
    public static final class WorthAttempting extends ExpressionAdapter implements Predicate {

        @Override
        public boolean matches(Exchange exchange) {
            Division division = exchange.getProperty(DIVISION, Division.class);
            return division == null || division.refusedAlike() == null;
        }

        @Override
        public Object evaluate(Exchange exchange) {
            return matches(exchange);
        }
    }
}
