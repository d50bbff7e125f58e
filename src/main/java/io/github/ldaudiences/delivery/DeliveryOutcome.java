package io.github.ldaudiences.delivery;

import io.github.ldaudiences.batch.Batch;
import io.github.ldaudiences.event.TraceOrigin;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Processor;

/** Sets the outcome of an attempt to deliver a batch, for the choice that follows it in the route. */
public final class DeliveryOutcome implements Processor {

    /** Exchange property: the {@link Batch} that is being delivered. */
    public static final String BATCH = "audiencesBatch";

    /** Exchange property: the name of the outcome, one of {@link Outcome}. */
    public static final String OUTCOME = "audiencesDeliveryOutcome";

    /** Exchange property: the {@link DeliveryFailure} of an attempt that failed. */
    public static final String FAILURE = "audiencesDeliveryFailure";

    /** Exchange property: the {@link TraceOrigin} of the batch's delivery; absent if tracing is off. */
    public static final String TRACE = "audiencesDeliveryTrace";

    /** The outcome of a batch. */
    public enum Outcome {
        /** LaunchDarkly has accepted it. */
        DELIVERED,
        /** LaunchDarkly rejects the request, possibly because of one of several members. */
        DIVIDE,
        /** LaunchDarkly rejects its only member, or each of its members. */
        REJECTED,
        /** It could not be delivered for now. */
        FAILED
    }

    private final Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);
    private final BatchLog log;

    /**
     * Counts outcomes from now on.
     *
     * @param log logs each outcome, or null
     */
    public DeliveryOutcome(BatchLog log) {
        this.log = log;
        for (Outcome outcome : Outcome.values()) {
            counts.put(outcome, new LongAdder());
        }
    }

    @Override
    public void process(Exchange exchange) {
        // Restores the batch as the body: the attempt has replaced it by an answer or an incomplete request.
        Batch batch = exchange.getProperty(BATCH, Batch.class);
        Integer status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        exchange.getMessage().setBody(batch);
        exchange.getMessage().removeHeaders("*");
        // Removed, because parts of a batch would inherit it.
        Throwable caught = (Throwable) exchange.removeProperty(ExchangePropertyKey.EXCEPTION_CAUGHT.getName());
        Division partOf = exchange.getProperty(Divider.DIVISION, Division.class);
        DeliveryFailure alike = partOf == null ? null : partOf.refusedAlike();
        DeliveryFailure failure = caught == null ? alike : DeliveryFailure.of(caught);
        boolean refused = failure != null && failure.kind() == DeliveryFailure.Kind.REFUSED_REQUEST;
        Outcome outcome;
        if (failure == null) {
            outcome = Outcome.DELIVERED;
        } else if (!refused) {
            outcome = Outcome.FAILED;
        } else {
            outcome = batch.size() == 1 || alike != null ? Outcome.REJECTED : Outcome.DIVIDE;
        }
        if (failure != null) {
            exchange.setProperty(FAILURE, failure);
        }
        if (partOf != null) {
            partOf.ended(batch, refused ? failure : null);
        }
        counts.get(outcome).increment();
        if (log != null) {
            log.write(batch, outcome, failure == null ? status : Integer.valueOf(failure.status()), exchange);
        }
        exchange.setProperty(OUTCOME, outcome.name());
    }

    /**
     * @param outcome an outcome
     * @return how many batches have had it
     */
    public long count(Outcome outcome) {
        return counts.get(outcome).sum();
    }
}
