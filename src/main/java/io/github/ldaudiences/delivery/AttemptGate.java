package io.github.ldaudiences.delivery;

import io.github.ldaudiences.batch.Batch;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.http.base.HttpOperationFailedException;

/**
 * Delays an attempt until the destination and the rate limit of its token allow it, based on the results of earlier
 * attempts. Waiting blocks a thread of the destination, whose other threads would have to wait, too.
 */
public final class AttemptGate {

    /** How often a wait is checked again: the last source may have given up on the batch, or the context may stop. */
    private static final long LOOK_EVERY_MS = 100;

    private static final String TOKEN = "audiencesToken";

    private final DestinationHold hold;
    private final RateLimit rateLimit;
    private final Outage outage;
    private final DestinationTraffic traffic;
    private final FailingAudiences failing;

    /**
     * @param hold whether the destination is held
     * @param rateLimit the rate limit of its token
     * @param outage receives the result of each attempt
     * @param traffic measures each attempt
     * @param failing receives the result of each attempt
     */
    public AttemptGate(
            DestinationHold hold,
            RateLimit rateLimit,
            Outage outage,
            DestinationTraffic traffic,
            FailingAudiences failing) {
        this.hold = hold;
        this.rateLimit = rateLimit;
        this.outage = outage;
        this.traffic = traffic;
        this.failing = failing;
    }

    /**
     * Waits until the attempt may be made. The caller must call {@link #leave} at its end.
     *
     * @param exchange carries the batch
     * @throws NobodyWaitsException if the last source has stopped waiting, so that the batch is not sent
     * @throws DestinationHeldException if the context stops while the destination is held
     * @throws InterruptedException if the thread is interrupted
     */
    public void enter(Exchange exchange) throws NobodyWaitsException, DestinationHeldException, InterruptedException {
        try {
            await(exchange);
        } finally {
            rateLimit.leaveLine(exchange);
        }
    }

    private void await(Exchange exchange) throws NobodyWaitsException, DestinationHeldException, InterruptedException {
        Batch batch = exchange.getProperty(DeliveryOutcome.BATCH, Batch.class);
        while (true) {
            if (!batch.isAwaited()) {
                throw new NobodyWaitsException();
            }
            // The rate limit comes first: asking the hold may use up its only attempt for a while.
            long limitedMs = rateLimit.waitMs(exchange);
            long heldMs = limitedMs > 0 ? 0 : hold.tryEnter();
            if (heldMs > 0) {
                if (exchange.getContext().isStopping()) {
                    throw new DestinationHeldException();
                }
                rateLimit.leaveLine(exchange); // other destinations with the token need not wait
            }
            long waitMs = limitedMs > 0 ? limitedMs : heldMs > 0 ? heldMs : rateLimit.tryEnter();
            if (waitMs == 0) {
                exchange.setProperty(TOKEN, hold.token());
                return;
            }
            long fromNanos = System.nanoTime();
            rateLimit.await(Math.min(waitMs, LOOK_EVERY_MS));
            if (heldMs == 0) {
                traffic.waited(System.nanoTime() - fromNanos);
            }
        }
    }

    /** @param exchange carries the result of the attempt: an answer, or why there is none */
    public void leave(Exchange exchange) {
        Message answer = exchange.getMessage();
        // The exception is no criterion: that of an earlier attempt is still set when this attempt succeeds.
        Integer status = answer.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        if (status != null && status / 100 == 2) {
            answered(status, name -> answer.getHeader(name, String.class));
            measure(exchange, status, true);
            taken();
            return;
        }
        Throwable caught = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class);
        if (caught instanceof HttpOperationFailedException http) {
            Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            anyCase.putAll(http.getResponseHeaders());
            answered(http.getStatusCode(), anyCase::get);
            measure(exchange, http.getStatusCode(), false);
        } else if (exchange.getProperty(SegmentAudiencesRequest.SENT_NANOS) == null) {
            rateLimit.notSent();
        } else {
            rateLimit.unanswered();
            measure(exchange, 0, false);
        }
        DeliveryFailure failure = DeliveryFailure.of(caught);
        if (failure.kind() == DeliveryFailure.Kind.ABANDONED) {
            return; // nothing was sent, so nothing is known
        }
        if (failure.kind() == DeliveryFailure.Kind.REFUSED_REQUEST) {
            taken(); // the contents were refused, not the access
            return;
        }
        outage.failed(failure);
        if (failure.kind() == DeliveryFailure.Kind.REFUSED_ACCESS) {
            hold.refused(failure, exchange.getProperty(TOKEN, -1, Integer.class));
            // The hold decides when the next attempt is made. A redelivery delay would continue after the hold has
            // ended.
            answer.setHeader(Exchange.REDELIVERY_DELAY, LOOK_EVERY_MS);
        }
    }

    private void taken() {
        hold.taken();
        outage.ended();
    }

    private void answered(int status, UnaryOperator<String> header) {
        rateLimit.told(RequestsLeft.of(header));
        rateLimit.answered(status, RateLimitHeaders.of(header, System.currentTimeMillis()));
    }

    private void measure(Exchange exchange, int status, boolean taken) {
        Long sentNanos = (Long) exchange.removeProperty(SegmentAudiencesRequest.SENT_NANOS);
        if (sentNanos == null) {
            return;
        }
        traffic.answered(status, System.nanoTime() - sentNanos);
        Batch batch = exchange.getProperty(DeliveryOutcome.BATCH, Batch.class);
        if (taken) {
            failing.taken(batch.audience());
        } else {
            failing.failed(batch.audience());
        }
    }
}
