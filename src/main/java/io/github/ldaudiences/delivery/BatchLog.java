package io.github.ldaudiences.delivery;

import io.github.ldaudiences.batch.Batch;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the outcome of each batch in one line, without the people in it. */
public final class BatchLog {

    private static final Logger LOG = LoggerFactory.getLogger(BatchLog.class);

    /**
     * @param batch the batch, delivered or not
     * @param outcome its outcome
     * @param status LaunchDarkly's HTTP status; null or 0 if there was no answer
     * @param exchange carries the batch
     */
    void write(Batch batch, DeliveryOutcome.Outcome outcome, Integer status, Exchange exchange) {
        String what = outcome.name().toLowerCase(Locale.ROOT);
        String answer = status == null || status == 0 ? "none" : status.toString();
        int attempts = batch.attempts();
        long ms = batch.ageMs();
        try (TraceIds ids = TraceIds.of(exchange)) {
            LOG.atInfo()
                    .addKeyValue("destination", batch.audience().destination())
                    .addKeyValue("context_kind", batch.audience().contextKind())
                    .addKeyValue("audience", batch.audience().id())
                    .addKeyValue("members", batch.size())
                    .addKeyValue("outcome", what)
                    .addKeyValue("status", answer)
                    .addKeyValue("attempt", attempts)
                    .addKeyValue("duration_ms", ms)
                    .log("Batch of {} {}: status {}, attempt {}, {} ms", batch, what, answer, attempts, ms);
        }
    }
}
