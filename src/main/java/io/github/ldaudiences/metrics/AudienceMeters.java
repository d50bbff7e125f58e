package io.github.ldaudiences.metrics;

import io.github.ldaudiences.batch.AudienceLanes;
import io.github.ldaudiences.batch.NewestStates;
import io.github.ldaudiences.delivery.DestinationHold;
import io.github.ldaudiences.delivery.RateLimit;
import io.github.ldaudiences.event.Backlog;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/**
 * Shows what happens in the bundle as Micrometer meters, whose names begin with {@code audiences.}; {@code
 * docs/operations.md} lists them. Beside the entry point, the only class that needs Micrometer.
 */
public final class AudienceMeters {

    private final Counts counts;
    private final Backlog backlog;
    private final AudienceLanes lanes;
    private final NewestStates newestStates;
    private final List<MappingCounts> mappings;
    private final List<DestinationHold> holds;
    private final List<RateLimit> rateLimits;
    private final LongSupplier kafkaLag;
    private final LongSupplier deadLetterBytes;

    /**
     * @param counts what has happened
     * @param backlog what is in memory
     * @param lanes audiences that have something under way
     * @param newestStates what is known of each person
     * @param mappings what each mapping has made of events
     * @param holds of each destination
     * @param rateLimits of each token
     * @param kafkaLag records that wait in this process's Kafka partitions, or null without a Kafka inbound
     * @param deadLetterBytes bytes in the folder of the dead letter
     */
    public AudienceMeters(
            Counts counts,
            Backlog backlog,
            AudienceLanes lanes,
            NewestStates newestStates,
            List<MappingCounts> mappings,
            List<DestinationHold> holds,
            List<RateLimit> rateLimits,
            LongSupplier kafkaLag,
            LongSupplier deadLetterBytes) {
        this.counts = counts;
        this.backlog = backlog;
        this.lanes = lanes;
        this.newestStates = newestStates;
        this.mappings = mappings;
        this.holds = holds;
        this.rateLimits = rateLimits;
        this.kafkaLag = kafkaLag;
        this.deadLetterBytes = deadLetterBytes;
    }

    /** @param registry where to register the meters */
    public void bindTo(MeterRegistry registry) {
        for (String outcome : Counts.EVENT_OUTCOMES) {
            FunctionCounter.builder("audiences.events", counts, all -> all.events(outcome))
                    .description("Events by what became of them; failed ones come again from their source")
                    .tag("outcome", outcome)
                    .register(registry);
        }
        for (String outcome : Counts.BATCH_OUTCOMES) {
            FunctionCounter.builder("audiences.batches", counts, all -> all.batches(outcome))
                    .description("Batches by what became of them")
                    .tag("outcome", outcome)
                    .register(registry);
        }
        for (MappingCounts mapping : mappings) {
            bind(registry, mapping, "mapped", MappingCounts::sumOfMapped);
            bind(registry, mapping, "rejected", MappingCounts::sumOfRejected);
            bind(registry, mapping, "skipped", MappingCounts::sumOfSkipped);
        }
        FunctionCounter.builder("audiences.attempts", counts, Counts::attempts)
                .description("Requests sent to LaunchDarkly, redelivery included")
                .register(registry);
        FunctionCounter.builder("audiences.rate-limited", rateLimits, AudienceMeters::refused)
                .description("Requests that LaunchDarkly refused with 429")
                .register(registry);
        for (DestinationHold hold : holds) {
            Gauge.builder("audiences.destination.held", hold, one -> one.isHeld() ? 1 : 0)
                    .description("1 while LaunchDarkly refuses the destination's token or environment")
                    .tag("destination", hold.destination())
                    .register(registry);
        }
        FunctionCounter.builder("audiences.unauthorized", counts, Counts::unauthorizedRequests)
                .description("HTTP requests that were refused because their sender is not known")
                .register(registry);
        FunctionCounter.builder("audiences.late", newestStates, NewestStates::late)
                .description("Changes that arrived after a newer one for the same person and audience")
                .register(registry);
        Gauge.builder("audiences.backlog.events", backlog, Backlog::events)
                .description("Events between source and LaunchDarkly")
                .register(registry);
        Gauge.builder("audiences.backlog.bytes", backlog, Backlog::bytes)
                .description("Bytes of inbound bodies in memory")
                .register(registry);
        Gauge.builder("audiences.lanes", lanes, AudienceLanes::size)
                .description("Audiences with a batch open, waiting or on its way")
                .register(registry);
        Gauge.builder("audiences.dead-letter.bytes", deadLetterBytes, LongSupplier::getAsLong)
                .description("Bytes in the folder of the dead letter")
                .strongReference(true)
                .register(registry);
        if (kafkaLag != null) {
            Gauge.builder("audiences.kafka.lag", kafkaLag, LongSupplier::getAsLong)
                    .description("Records that wait in the partitions of this process")
                    .strongReference(true)
                    .register(registry);
        }
    }

    private static void bind(
            MeterRegistry registry, MappingCounts mapping, String outcome, ToDoubleFunction<MappingCounts> count) {
        FunctionCounter.builder("audiences.mapping.events", mapping, count)
                .description("What each mapping made of events, each time that they came")
                .tag("mapping", mapping.mapping())
                .tag("outcome", outcome)
                .register(registry);
    }

    private static double refused(List<RateLimit> rateLimits) {
        return rateLimits.stream().mapToLong(RateLimit::refused).sum();
    }
}
