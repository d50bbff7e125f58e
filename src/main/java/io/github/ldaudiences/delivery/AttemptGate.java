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
 * Lets an attempt through when the destination and the rate limit of its token allow it, which what became of earlier
 * attempts decides. Waiting holds a thread of the destination's own, and its other threads could do nothing else either.
 */
public final class AttemptGate {

    /** How soon a wait is looked at again: the batch may have lost its last source, or the context may stop. */
    private static final long LOOK_EVERY_MS = 100;

    private static final String TOKEN = "audiencesToken";

    private final DestinationHold hold;
    private final RateLimit rateLimit;
    private final Outage outage;
    private final DestinationTraffic traffic;
    private final FailingAudiences failing;

    /**
     * @param hold whether the destination is held
     * @param rateLimit of its token
     * @param outage is told of each attempt
     * @param traffic measures each attempt
     * @param failing is told of each attempt
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
     * Waits until the attempt may be made. Its end must be told with {@link #leave}.
     *
     * @param exchange carries the batch
     * @throws NobodyWaitsException if the last source has stopped waiting meanwhile: nothing is sent any more
     * @throws DestinationHeldException if the context stops while the destination is held
     * @throws InterruptedException if the thread is
     */
    public void enter(Exchange exchange) throws NobodyWaitsException, DestinationHeldException, InterruptedException {
        Batch batch = exchange.getProperty(DeliveryOutcome.BATCH, Batch.class);
        while (true) {
            if (!batch.isAwaited()) {
                throw new NobodyWaitsException();
            }
            // The pause first: asking the hold may use up its only attempt for a while.
            long pauseMs = rateLimit.pauseMs();
            long heldMs = pauseMs > 0 ? 0 : hold.tryEnter();
            if (heldMs > 0 && exchange.getContext().isStopping()) {
                throw new DestinationHeldException();
            }
            long waitMs = pauseMs > 0 ? pauseMs : heldMs > 0 ? heldMs : rateLimit.tryEnter();
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

    /** @param exchange carries what became of the attempt: an answer, or why there is none */
    public void leave(Exchange exchange) {
        Message answer = exchange.getMessage();
        // Not by the exception: that of an earlier attempt is still there when this one has succeeded.
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
        } else {
            rateLimit.unanswered();
            measure(exchange, 0, false);
        }
        DeliveryFailure failure = DeliveryFailure.of(caught);
        if (failure.kind() == DeliveryFailure.Kind.REFUSED_REQUEST) {
            taken(); // but for what it holds
            return;
        }
        outage.failed(failure);
        if (failure.kind() == DeliveryFailure.Kind.REFUSED_ACCESS) {
            hold.refused(failure, exchange.getProperty(TOKEN, -1, Integer.class));
            // The hold says when the next attempt is made. A delay of its own would go on when the hold has ended.
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
            return; // nothing was sent: nobody waited for it any more
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
