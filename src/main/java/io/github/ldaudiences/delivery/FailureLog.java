package io.github.ldaudiences.delivery;

import io.github.ldaudiences.batch.Batch;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs that attempts to deliver fail, and why: at most one line for each destination every half minute. Others log
 * refused access ({@link DestinationHold}), and that requests succeed again ({@link Outage}).
 */
public final class FailureLog implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final class Failures {
        private long nextLineNanos;
        private int attempts;

        Failures(long nowNanos) {
            nextLineNanos = nowNanos;
        }
    }

    private final Map<String, Failures> destinations = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    public FailureLog() {
        this(System::nanoTime);
    }

    FailureLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public void process(Exchange exchange) {
        Batch batch = exchange.getProperty(DeliveryOutcome.BATCH, Batch.class);
        DeliveryFailure failure =
                DeliveryFailure.of(exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class));
        boolean saidElsewhere = failure.kind() == DeliveryFailure.Kind.REFUSED_ACCESS
                || failure.kind() == DeliveryFailure.Kind.ABANDONED;
        if (batch == null || saidElsewhere) {
            return;
        }
        String destination = batch.audience().destination();
        long nowNanos = nanoTime.getAsLong();
        Failures failures = destinations.computeIfAbsent(destination, first -> new Failures(nowNanos));
        int attempts;
        synchronized (failures) {
            failures.attempts++;
            if (nowNanos - failures.nextLineNanos < 0) {
                return;
            }
            attempts = failures.attempts;
            failures.attempts = 0;
            failures.nextLineNanos = nowNanos + PERIOD_NANOS;
        }
        boolean refused = failure.kind() == DeliveryFailure.Kind.REFUSED_REQUEST;
        try (TraceIds ids = TraceIds.of(exchange)) {
            LOG.warn(
                    "Destination {}: {} attempt(s) failed, the last with {}: {}.{}",
                    destination,
                    attempts,
                    batch,
                    refused ? failure.withoutPeople() : failure.message(),
                    refused ? " The bundle searches for the members at fault." : " The batch is retried.");
        }
    }
}
