package io.github.ldaudiences.delivery;

import io.github.ldaudiences.batch.Batch;
import io.github.ldaudiences.event.TraceOrigin;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
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

    /** Exchange property: the {@link TraceOrigin} that the delivery of the batch is; not there if nobody traces. */
    public static final String TRACE = "audiencesDeliveryTrace";

    /** What became of a batch. */
    public enum Outcome {
        /** LaunchDarkly has it. */
        DELIVERED,
        /** LaunchDarkly refuses the request, and one of several members may be the reason. */
        DIVIDE,
        /** LaunchDarkly refuses the one member that it holds, or each of its members. */
        REJECTED,
        /** It could not be delivered for now. */
        FAILED
    }

    private final Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);
    private final BatchLog log;

    /**
     * Counts outcomes from now on.
     *
     * @param log where each is said, or null
     */
    public DeliveryOutcome(BatchLog log) {
        this.log = log;
        for (Outcome outcome : Outcome.values()) {
            counts.put(outcome, new LongAdder());
        }
    }

    @Override
    public void process(Exchange exchange) {
        // What the attempt made of the message, an answer or a half-made request, is of no use to anybody.
        Batch batch = exchange.getProperty(BATCH, Batch.class);
        Integer status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        exchange.getMessage().setBody(batch);
        exchange.getMessage().removeHeaders("*");
        // Removed, or the parts of a batch would inherit it as their own.
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
     * @return how many batches have come to it
     */
    public long count(Outcome outcome) {
        return counts.get(outcome).sum();
    }
}
