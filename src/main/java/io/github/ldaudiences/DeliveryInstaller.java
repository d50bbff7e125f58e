package io.github.ldaudiences;

import io.github.ldaudiences.batch.NewestStates;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.OutboundProxy;
import io.github.ldaudiences.config.OutboundTls;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.delivery.AttemptGate;
import io.github.ldaudiences.delivery.BatchLog;
import io.github.ldaudiences.delivery.BatchSettler;
import io.github.ldaudiences.delivery.CredentialCheck;
import io.github.ldaudiences.delivery.DeliveryOutcome;
import io.github.ldaudiences.delivery.DeliveryState;
import io.github.ldaudiences.delivery.Destination;
import io.github.ldaudiences.delivery.DestinationHealth;
import io.github.ldaudiences.delivery.DestinationHold;
import io.github.ldaudiences.delivery.DestinationState;
import io.github.ldaudiences.delivery.DestinationTraffic;
import io.github.ldaudiences.delivery.Divider;
import io.github.ldaudiences.delivery.FailingAudiences;
import io.github.ldaudiences.delivery.FailureLog;
import io.github.ldaudiences.delivery.LaunchDarklyClient;
import io.github.ldaudiences.delivery.Outage;
import io.github.ldaudiences.delivery.RateLimit;
import io.github.ldaudiences.delivery.RetryWhileAwaited;
import io.github.ldaudiences.delivery.SegmentAudiencesRequest;
import io.github.ldaudiences.delivery.StillAwaited;
import io.github.ldaudiences.outbound.OutboundClient;
import io.github.ldaudiences.outbound.OutboundNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Sets up the delivery of batches: the HTTP clients, and the state of each destination. */
final class DeliveryInstaller {

    /** An audience is no longer shown as failing when no request for it has been sent for this long. */
    private static final Duration FAILING_UNTIL = Duration.ofMinutes(10);

    private final Installation installation;
    private final SecretFilesInstaller secretFiles;
    private final OutboundNetwork network;
    private final DeliveryOutcome outcome;
    private final FailingAudiences failing;
    private final List<DestinationState> states = new ArrayList<>();
    private final Map<String, RateLimit> rateLimits = new HashMap<>();

    DeliveryInstaller(Installation installation, SecretFilesInstaller secretFiles) {
        this.installation = installation;
        this.secretFiles = secretFiles;
        Settings settings = installation.settings();
        network = new OutboundNetwork(
                OutboundProxy.of(settings, System.getenv()), secretFiles.outboundTls(), OutboundTls.versions(settings));
        outcome = new DeliveryOutcome(settings.get(Catalogue.DELIVERY_LOG_BATCHES) ? new BatchLog() : null);
        failing = new FailingAudiences(
                installation.millis(Catalogue.DELIVERY_MAX_RETRY_DELAY_MS).plus(FAILING_UNTIL));
    }

    /** @return how requests leave the bundle's network */
    OutboundNetwork network() {
        return network;
    }

    DeliveryOutcome outcome() {
        return outcome;
    }

    /** @return what is known of each destination */
    List<DestinationState> destinations() {
        return List.copyOf(states);
    }

    /** @return the audiences whose requests fail */
    FailingAudiences failing() {
        return failing;
    }

    /** @return the results of deliveries and what they wait for, to display progress */
    DeliveryState state() {
        return new DeliveryState(List.copyOf(states));
    }

    void bindBeans(DestinationsInstaller destinations, NewestStates newestStates) {
        int requests = installation.intValue(Catalogue.DELIVERY_MAX_CONCURRENT_REQUESTS);
        installation.threadPool("launchdarkly", requests);
        OutboundClient client = new OutboundClient(
                installation.context(), network, requests, installation.millis(Catalogue.DELIVERY_RESPONSE_TIMEOUT_MS));
        // For requests without a token.
        installation.bind("launchDarklyClient", client);
        for (Destination destination : destinations.destinations()) {
            bindDestination(destination, client, destinations.sandboxed());
        }
        installation.bind("sandboxClient", new OutboundClient(installation.context(), network, 20, Duration.ZERO));
        installation.bind("stillAwaited", new StillAwaited());
        installation.bind("retryWhileAwaited", new RetryWhileAwaited());
        installation.bind("attemptFailed", new FailureLog());
        installation.bind("nextAttempts", installation.timer(this, "NextAttempts", 2));
        installation.bind("worthAttempting", new Divider.WorthAttempting());
        installation.bind("deliveryOutcome", outcome);
        installation.bind("divider", new Divider());
        installation.bind("batchSettler", new BatchSettler(newestStates, traffic()));
    }

    private Map<String, DestinationTraffic> traffic() {
        return states.stream().collect(Collectors.toMap(DestinationState::id, DestinationState::traffic));
    }

    private void bindDestination(Destination destination, OutboundClient client, boolean sandboxed) {
        String id = destination.id();
        DestinationHold hold =
                new DestinationHold(destination, installation.millis(Catalogue.DELIVERY_PROBE_INTERVAL_MS));
        // No wait for a rate limit is longer than this, so a longer failure is an outage and not a rate limit.
        Outage outage = new Outage(destination, installation.millis(Catalogue.DELIVERY_MAX_RETRY_DELAY_MS));
        // LaunchDarkly counts requests by token, so destinations with the same token share a rate limit.
        RateLimit rateLimit = rateLimits.computeIfAbsent(
                destination.apiUrl() + ' ' + destination.serviceToken().get().reveal(),
                token -> new RateLimit(
                        installation.settings().get(Catalogue.DELIVERY_RETRY_DELAY_MS),
                        installation.settings().get(Catalogue.DELIVERY_MAX_RETRY_DELAY_MS)));
        DestinationTraffic traffic = new DestinationTraffic(id);
        states.add(new DestinationState(destination, hold, outage, rateLimit, traffic));
        installation.bind("launchDarklyClient-" + id, new LaunchDarklyClient(destination, client));
        installation.bind("segmentAudiencesRequest-" + id, new SegmentAudiencesRequest(destination, traffic));
        installation.bind("attemptGate-" + id, new AttemptGate(hold, rateLimit, outage, traffic, failing));
        CredentialCheck check = new CredentialCheck(destination, hold, sandboxed);
        installation.bind("credentialCheck-" + id, check);
        secretFiles.whenChanged(Catalogue.DESTINATION_SERVICE_TOKEN.key(id), () -> {
            hold.tokenChanged();
            check.tokenChanged();
        });
        installation.healthChecks(List.of(new DestinationHealth(hold, outage)));
    }
}
