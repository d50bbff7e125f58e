package io.github.ldaudiences.metrics;

import io.github.ldaudiences.batch.AudienceLanes;
import io.github.ldaudiences.batch.NewestStates;
import io.github.ldaudiences.batch.SettleRepeats;
import io.github.ldaudiences.deadletter.DeadLetterFile;
import io.github.ldaudiences.delivery.DeliveryOutcome;
import io.github.ldaudiences.delivery.DestinationState;
import io.github.ldaudiences.delivery.RateLimit;
import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventCounts;
import io.github.ldaudiences.inbound.http.connection.RefusedRequests;
import io.github.ldaudiences.inbound.kafka.KafkaInbound;
import io.github.ldaudiences.mapping.MappingCounts;
import io.github.ldaudiences.problem.ProblemCode;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleSupplier;

/**
 * Registers the bundle's Micrometer meters, whose names begin with {@code audiences.}; {@code docs/operations.md} lists
 * them. {@link PrometheusMeters} has the others.
 */
public final class AudienceMeters {

    private final EventCounts counts;
    private final RefusedRequests refused;
    private final Backlog backlog;
    private final AudienceLanes lanes;
    private final NewestStates newestStates;
    private final SettleRepeats settleRepeats;
    private final List<MappingCounts> mappings;
    private final DeliveryOutcome outcomes;
    private final List<DestinationState> destinations;
    private final KafkaInbound kafka;
    private final DeadLetterFile deadLetter;

    /**
     * @param counts the outcomes of events
     * @param refused the HTTP requests that were answered with an error
     * @param backlog the events in memory
     * @param lanes the audiences that have batches under way
     * @param newestStates the remembered states
     * @param settleRepeats counts the changes that needed no request
     * @param mappings the counts of each mapping
     * @param outcomes the outcomes of batches
     * @param destinations what is known of each destination
     * @param kafka the lag of the Kafka inbound, or null without one
     * @param deadLetter knows how full the dead letter is
     */
    public AudienceMeters(
            EventCounts counts,
            RefusedRequests refused,
            Backlog backlog,
            AudienceLanes lanes,
            NewestStates newestStates,
            SettleRepeats settleRepeats,
            List<MappingCounts> mappings,
            DeliveryOutcome outcomes,
            List<DestinationState> destinations,
            KafkaInbound kafka,
            DeadLetterFile deadLetter) {
        this.counts = counts;
        this.refused = refused;
        this.backlog = backlog;
        this.lanes = lanes;
        this.newestStates = newestStates;
        this.settleRepeats = settleRepeats;
        this.mappings = mappings;
        this.outcomes = outcomes;
        this.destinations = destinations;
        this.kafka = kafka;
        this.deadLetter = deadLetter;
    }

    /** @param registry where to register the meters */
    public void bindTo(MeterRegistry registry) {
        Meters meters = new Meters(registry);
        for (String outcome : EventCounts.outcomes()) {
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
            if (code.refusesRequests()) {
                meters.counter(
                        "audiences.refused-requests",
                        "HTTP requests by the code of the error that they were answered with",
                        () -> refused.requests(code),
                        "code",
                        code.toString());
            }
        }
        for (DeliveryOutcome.Outcome outcome : DeliveryOutcome.Outcome.values()) {
            meters.counter(
                    "audiences.batches",
                    "Batches by what became of them",
                    () -> outcomes.count(outcome),
                    "outcome",
                    outcome.name().toLowerCase(Locale.ROOT));
        }
        for (MappingCounts mapping : mappings) {
            bind(meters, mapping, "mapped", mapping::sumOfMapped);
            bind(meters, mapping, "rejected", mapping::sumOfRejected);
            bind(meters, mapping, "skipped", mapping::sumOfSkipped);
        }
        meters.counter(
                "audiences.attempts", "Requests sent to LaunchDarkly, redelivery included", () -> destinations.stream()
                        .mapToLong(destination -> destination.traffic().attempts())
                        .sum());
        meters.counter(
                "audiences.rate-limited", "Requests that LaunchDarkly refused with 429", () -> destinations.stream()
                        .map(DestinationState::rateLimit)
                        .distinct() // destinations with the same token share its limit
                        .mapToLong(RateLimit::refused)
                        .sum());
        for (DestinationState destination : destinations) {
            meters.gauge(
                    "audiences.destination.held",
                    "1 while LaunchDarkly refuses the destination's token or environment",
                    () -> destination.hold().isHeld() ? 1 : 0,
                    "destination",
                    destination.id());
            meters.gauge(
                    "audiences.destination.failing.seconds",
                    "Time since the first of the requests that have failed with none between them that succeeded",
                    destination.outage()::seconds,
                    "destination",
                    destination.id());
            meters.counter(
                    "audiences.rate-limit.wait.seconds",
                    "Time that requests have waited because of LaunchDarkly's rate limits",
                    destination.traffic()::waitedSeconds,
                    "destination",
                    destination.id());
        }
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
        if (kafka != null) {
            meters.gauge(
                    "audiences.kafka.lag",
                    "Records in the partitions of this process whose offsets are not committed, read or not",
                    kafka::lag);
            meters.gauge(
                    "audiences.kafka.lag.seconds",
                    "Time since the oldest of these records came into its topic",
                    kafka::lagSeconds);
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
     * Registers meters that hold a strong reference to what they read. Micrometer's own builders hold a weak one: once
     * the object is collected, the meter stops changing.
     */
    private record Meters(MeterRegistry registry) {

        void counter(String name, String description, DoubleSupplier value, String... tags) {
            // The function holds the object, and the counter holds the function.
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
