package io.github.ldaudiences.metrics;

import io.github.ldaudiences.batch.AudienceLanes;
import io.github.ldaudiences.batch.NewestStates;
import io.github.ldaudiences.batch.SettleRepeats;
import io.github.ldaudiences.deadletter.DeadLetterFile;
import io.github.ldaudiences.delivery.DestinationHold;
import io.github.ldaudiences.delivery.Outage;
import io.github.ldaudiences.delivery.RateLimit;
import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.problem.ProblemCode;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Shows what happens in the bundle as Micrometer meters, whose names begin with {@code audiences.}; {@code
 * docs/operations.md} lists them. Beside the entry point, the only class that needs Micrometer.
 */
public final class AudienceMeters {

    private final Counts counts;
    private final Backlog backlog;
    private final AudienceLanes lanes;
    private final NewestStates newestStates;
    private final SettleRepeats settleRepeats;
    private final List<MappingCounts> mappings;
    private final List<DestinationHold> holds;
    private final List<Outage> outages;
    private final List<RateLimit> rateLimits;
    private final LongSupplier kafkaLag;
    private final DeadLetterFile deadLetter;

    /**
     * @param counts what has happened
     * @param backlog what is in memory
     * @param lanes audiences that have something under way
     * @param newestStates what is known of each person
     * @param settleRepeats counts the changes that needed no request
     * @param mappings what each mapping has made of events
     * @param holds of each destination
     * @param outages of each destination
     * @param rateLimits of each token
     * @param kafkaLag records of this process's Kafka partitions that are not committed, or null without a Kafka inbound
     * @param deadLetter knows how much of its limit the dead letter holds
     */
    public AudienceMeters(
            Counts counts,
            Backlog backlog,
            AudienceLanes lanes,
            NewestStates newestStates,
            SettleRepeats settleRepeats,
            List<MappingCounts> mappings,
            List<DestinationHold> holds,
            List<Outage> outages,
            List<RateLimit> rateLimits,
            LongSupplier kafkaLag,
            DeadLetterFile deadLetter) {
        this.counts = counts;
        this.backlog = backlog;
        this.lanes = lanes;
        this.newestStates = newestStates;
        this.settleRepeats = settleRepeats;
        this.mappings = mappings;
        this.holds = holds;
        this.outages = outages;
        this.rateLimits = rateLimits;
        this.kafkaLag = kafkaLag;
        this.deadLetter = deadLetter;
    }

    /** @param registry where to register the meters */
    public void bindTo(MeterRegistry registry) {
        Meters meters = new Meters(registry);
        for (String outcome : Counts.EVENT_OUTCOMES) {
            meters.counter(
                    "audiences.events",
                    "Events by what became of them; failed ones come again from their source",
                    () -> counts.events(outcome),
                    "outcome",
                    outcome);
        }
        for (ProblemCode code : ProblemCode.values()) {
            if (code.rejectsEvents()) {
                meters.counter(
                        "audiences.dead-letters",
                        "Dead letters by the code of what is wrong with the event",
                        () -> counts.rejections(code.toString()),
                        "code",
                        code.toString());
            }
        }
        for (String outcome : Counts.BATCH_OUTCOMES) {
            meters.counter(
                    "audiences.batches",
                    "Batches by what became of them",
                    () -> counts.batches(outcome),
                    "outcome",
                    outcome);
        }
        for (MappingCounts mapping : mappings) {
            bind(meters, mapping, "mapped", mapping::sumOfMapped);
            bind(meters, mapping, "rejected", mapping::sumOfRejected);
            bind(meters, mapping, "skipped", mapping::sumOfSkipped);
        }
        meters.counter("audiences.attempts", "Requests sent to LaunchDarkly, redelivery included", counts::attempts);
        meters.counter(
                "audiences.rate-limited",
                "Requests that LaunchDarkly refused with 429",
                () -> rateLimits.stream().mapToLong(RateLimit::refused).sum());
        for (DestinationHold hold : holds) {
            meters.gauge(
                    "audiences.destination.held",
                    "1 while LaunchDarkly refuses the destination's token or environment",
                    () -> hold.isHeld() ? 1 : 0,
                    "destination",
                    hold.destination());
        }
        for (Outage outage : outages) {
            meters.gauge(
                    "audiences.destination.failing.seconds",
                    "Time since the first of the requests that have failed with none between them that succeeded",
                    outage::seconds,
                    "destination",
                    outage.destination());
        }
        meters.counter(
                "audiences.unauthorized",
                "HTTP requests that were refused because their sender is not known",
                counts::unauthorizedRequests);
        meters.counter(
                "audiences.late",
                "Changes that arrived after a newer one for the same person and audience",
                newestStates::late);
        meters.counter(
                "audiences.repeats",
                "Changes that needed no request, because they repeat what is delivered or under way",
                settleRepeats::repeats);
        meters.gauge("audiences.backlog.events", "Events between source and LaunchDarkly", backlog::events);
        meters.gauge("audiences.backlog.bytes", "Bytes of inbound bodies in memory", backlog::bytes);
        meters.gauge(
                "audiences.oldest.event.age.seconds",
                "Time since the source handed over the oldest event that is under way",
                backlog::oldestSeconds);
        meters.gauge("audiences.lanes", "Audiences with a batch open, waiting or on its way", lanes::size);
        meters.gauge("audiences.dead-letter.bytes", "Bytes in the folder of the dead letter", deadLetter::bytes);
        meters.gauge(
                "audiences.dead-letter.max.bytes",
                "Most bytes that the folder of the dead letter may hold",
                deadLetter::maxBytes);
        if (kafkaLag != null) {
            meters.gauge(
                    "audiences.kafka.lag",
                    "Records in the partitions of this process whose offsets are not committed, read or not",
                    kafkaLag::getAsLong);
        }
    }

    private static void bind(Meters meters, MappingCounts mapping, String outcome, DoubleSupplier count) {
        meters.counter(
                "audiences.mapping.events",
                "What each mapping made of events, each time that they came",
                count,
                "mapping",
                mapping.mapping(),
                "outcome",
                outcome);
    }

    /**
     * Registers meters that keep what they read. Micrometer's own builders hold the object weakly: when nobody else
     * holds it, it is collected, and the meter stands still.
     */
    private record Meters(MeterRegistry registry) {

        void counter(String name, String description, DoubleSupplier value, String... tags) {
            // Held by the function, which the counter holds.
            FunctionCounter.builder(name, value, same -> value.getAsDouble())
                    .description(description)
                    .tags(Tags.of(tags))
                    .register(registry);
        }

        void gauge(String name, String description, DoubleSupplier value, String... tags) {
            Gauge.builder(name, value::getAsDouble)
                    .description(description)
                    .tags(Tags.of(tags))
                    .register(registry);
        }
    }
}
