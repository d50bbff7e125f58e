package io.github.ldaudiences.metrics;

import io.github.ldaudiences.batch.AudienceLanes;
import io.github.ldaudiences.delivery.DestinationState;
import io.github.ldaudiences.delivery.FailingAudiences;
import io.github.ldaudiences.delivery.RequestsLeft;
import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.measure.AudienceName;
import io.github.ldaudiences.measure.Distribution;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Exposes to Prometheus what Micrometer has no meters for: histograms that are counted elsewhere, and series that
 * change from one scrape to the next. All values are computed at the scrape. It needs Prometheus's library on the class
 * path.
 */
public final class PrometheusMeters implements MultiCollector {

    /**
     * Younger events are not slow. Without this limit, ten audiences would have a series even if all is well, and
     * others each time.
     */
    private static final Duration SLOW = Duration.ofSeconds(5);

    private final List<DestinationState> destinations;
    private final AudienceLanes lanes;
    private final FailingAudiences failing;
    private final double slowSeconds;

    /**
     * @param destinations what is known of each destination
     * @param lanes the audiences that have batches under way
     * @param failing audiences whose requests fail
     */
    public PrometheusMeters(List<DestinationState> destinations, AudienceLanes lanes, FailingAudiences failing) {
        this(destinations, lanes, failing, SLOW);
    }

    /** @param slow the age of an event from which on its audience counts as slow */
    PrometheusMeters(
            List<DestinationState> destinations, AudienceLanes lanes, FailingAudiences failing, Duration slow) {
        this.destinations = destinations;
        this.lanes = lanes;
        this.failing = failing;
        this.slowSeconds = slow.toMillis() / 1000.0;
    }

    /** @param registry where to register them, if it is Prometheus's registry or contains one */
    public void bindTo(MeterRegistry registry) {
        if (registry instanceof PrometheusMeterRegistry prometheus) {
            prometheus.getPrometheusRegistry().register(this);
        } else if (registry instanceof CompositeMeterRegistry composite) {
            composite.getRegistries().forEach(this::bindTo);
        }
    }

    @Override
    public MetricSnapshots collect() {
        Map<Audience, Double> oldest = lanes.oldestSeconds();
        return MetricSnapshots.builder()
                .metricSnapshot(eventDelivery())
                .metricSnapshot(requests())
                .metricSnapshot(requestMembers())
                .metricSnapshot(oldestByDestination(oldest))
                .metricSnapshot(slowest(oldest))
                .metricSnapshot(failing())
                .metricSnapshot(requestsLeft(
                        "audiences_rate_limit_remaining",
                        "Requests that LaunchDarkly's rate limits have left, as its last answer said",
                        RequestsLeft::remaining))
                .metricSnapshot(requestsLeft(
                        "audiences_rate_limit_requests",
                        "Requests that LaunchDarkly's rate limits allow in a window, as its last answer said",
                        RequestsLeft::limit))
                .build();
    }

    private HistogramSnapshot eventDelivery() {
        HistogramSnapshot.Builder histogram = histogram(
                "audiences_event_delivery_seconds",
                "Time from when a source handed an event over until LaunchDarkly had taken it");
        destinations.forEach(destination -> histogram.dataPoint(
                point(destination.traffic().eventSeconds(), Labels.of("destination", destination.id()))));
        return histogram.build();
    }

    private HistogramSnapshot requests() {
        HistogramSnapshot.Builder histogram = histogram(
                "audiences_request_seconds", "Time from a request to LaunchDarkly's answer, by its HTTP status");
        destinations.forEach(destination -> destination
                .traffic()
                .requestSeconds()
                .forEach((status, seconds) -> histogram.dataPoint(
                        point(seconds, Labels.of("destination", destination.id(), "status", status)))));
        return histogram.build();
    }

    private HistogramSnapshot requestMembers() {
        HistogramSnapshot.Builder histogram =
                histogram("audiences_request_members", "Members in a request to LaunchDarkly");
        destinations.forEach(destination -> histogram.dataPoint(
                point(destination.traffic().members(), Labels.of("destination", destination.id()))));
        return histogram.build();
    }

    private GaugeSnapshot oldestByDestination(Map<Audience, Double> oldest) {
        Map<String, Double> seconds = new HashMap<>();
        destinations.forEach(destination -> seconds.put(destination.id(), 0.0));
        oldest.forEach((audience, age) -> seconds.merge(audience.destination(), age, Math::max));
        GaugeSnapshot.Builder gauge = gauge(
                "audiences_destination_oldest_event_age_seconds",
                "Time since a source handed over the oldest event that is under way to the destination");
        seconds.forEach((destination, age) -> gauge.dataPoint(point(age, Labels.of("destination", destination))));
        return gauge.build();
    }

    private GaugeSnapshot slowest(Map<Audience, Double> oldest) {
        Map<AudienceName, Double> named = new HashMap<>();
        oldest.forEach(
                (audience, age) -> named.merge(AudienceName.of(audience.destination(), audience.id()), age, Math::max));
        return byAudience(
                "audiences_slowest_audience_age_seconds",
                "Age of the oldest event under way, of the ten audiences that wait longest",
                WorstAudiences.of(named, slowSeconds));
    }

    private GaugeSnapshot failing() {
        return byAudience(
                "audiences_failing_audience_attempts",
                "Requests that have failed in a row, of the ten audiences with the most",
                WorstAudiences.of(failing.inARow(), 1));
    }

    private static GaugeSnapshot byAudience(String name, String help, Map<AudienceName, Double> values) {
        GaugeSnapshot.Builder gauge = gauge(name, help);
        values.forEach((of, value) ->
                gauge.dataPoint(point(value, Labels.of("audience", of.audience(), "destination", of.destination()))));
        return gauge.build();
    }

    private GaugeSnapshot requestsLeft(String name, String help, Function<RequestsLeft, Long> value) {
        GaugeSnapshot.Builder gauge = gauge(name, help);
        destinations.forEach(destination -> destination.rateLimit().told().stream()
                .filter(told -> value.apply(told) != RequestsLeft.UNKNOWN)
                .forEach(told -> gauge.dataPoint(
                        point(value.apply(told), Labels.of("destination", destination.id(), "scope", told.scope())))));
        return gauge.build();
    }

    private static HistogramSnapshot.Builder histogram(String name, String help) {
        return HistogramSnapshot.builder().name(name).help(help);
    }

    private static GaugeSnapshot.Builder gauge(String name, String help) {
        return GaugeSnapshot.builder().name(name).help(help);
    }

    private static HistogramDataPointSnapshot point(Distribution distribution, Labels labels) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        double[] bounds = distribution.bounds();
        long[] counts = distribution.counts();
        for (int i = 0; i < bounds.length; i++) {
            buckets.bucket(bounds[i], counts[i]);
        }
        HistogramDataPointSnapshot.Builder point = HistogramDataPointSnapshot.builder();
        point.classicHistogramBuckets(buckets.build());
        point.labels(labels);
        point.sum(distribution.sum());
        return point.build();
    }

    private static GaugeDataPointSnapshot point(double value, Labels labels) {
        return GaugeDataPointSnapshot.builder().value(value).labels(labels).build();
    }
}
