package io.github.ldaudiences.delivery;

import io.github.ldaudiences.batch.Batch;
import io.github.ldaudiences.metrics.Counts;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Processor;

/** Names what became of an attempt to deliver a batch, for the choice that follows it in the route. */
public final class DeliveryOutcome implements Processor {

    /** Exchange property: the {@link Batch} that is being delivered. */
    public static final String BATCH = "audiencesBatch";

    /** Exchange property: the name of the outcome, one of {@link Outcome}. */
    public static final String OUTCOME = "audiencesDeliveryOutcome";

    /** Exchange property: the {@link DeliveryFailure} of an attempt that failed. */
    public static final String FAILURE = "audiencesDeliveryFailure";

    /** What became of a batch. */
    public enum Outcome {
        /** LaunchDarkly has it. */
        DELIVERED,
        /** LaunchDarkly refuses the request, and one of several members may be the reason. */
        DIVIDE,
        /** LaunchDarkly refuses the one member that the request holds. */
        REJECTED,
        /** It could not be delivered for now. */
        FAILED
    }

    private final Counts counts;

    /** @param counts where the outcome is counted */
    public DeliveryOutcome(Counts counts) {
        this.counts = counts;
    }

    @Override
    public void process(Exchange exchange) {
        // What the attempt made of the message, an answer or a half-made request, is of no use to anybody.
        Batch batch = exchange.getProperty(BATCH, Batch.class);
        exchange.getMessage().setBody(batch);
        exchange.getMessage().removeHeaders("*");
        // Removed, or the halves of a batch would inherit it as their own.
        Throwable caught = (Throwable) exchange.removeProperty(ExchangePropertyKey.EXCEPTION_CAUGHT.getName());
        Outcome outcome = Outcome.DELIVERED;
        if (caught != null) {
            DeliveryFailure failure = DeliveryFailure.of(caught);
            exchange.setProperty(FAILURE, failure);
            boolean refused = failure.kind() == DeliveryFailure.Kind.REFUSED_REQUEST;
            outcome = !refused ? Outcome.FAILED : batch.size() > 1 ? Outcome.DIVIDE : Outcome.REJECTED;
        }
        counts.batch(outcome.name().toLowerCase(Locale.ROOT));
        exchange.setProperty(OUTCOME, outcome.name());
    }
}
