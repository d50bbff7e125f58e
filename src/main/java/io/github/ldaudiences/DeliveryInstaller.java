package io.github.ldaudiences;

import io.github.ldaudiences.batch.NewestStates;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.OutboundProxy;
import io.github.ldaudiences.config.OutboundTls;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.delivery.AttemptGate;
import io.github.ldaudiences.delivery.BatchSettler;
import io.github.ldaudiences.delivery.CredentialCheck;
import io.github.ldaudiences.delivery.DeliveryOutcome;
import io.github.ldaudiences.delivery.DestinationHealth;
import io.github.ldaudiences.delivery.DestinationHold;
import io.github.ldaudiences.delivery.DestinationState;
import io.github.ldaudiences.delivery.Divider;
import io.github.ldaudiences.delivery.FailureLog;
import io.github.ldaudiences.delivery.LaunchDarklyClient;
import io.github.ldaudiences.delivery.Outage;
import io.github.ldaudiences.delivery.RateLimit;
import io.github.ldaudiences.delivery.SegmentAudiencesRequest;
import io.github.ldaudiences.delivery.StillAwaited;
import io.github.ldaudiences.delivery.WorthRetrying;
import io.github.ldaudiences.destination.Destination;
import io.github.ldaudiences.metrics.Counts;
import io.github.ldaudiences.outbound.ForwardProxy;
import io.github.ldaudiences.outbound.OutboundClient;
import io.github.ldaudiences.outbound.OutboundNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sets up the delivery of batches: the HTTP clients, and what is known of each destination. */
final class DeliveryInstaller {

    private final Installation installation;
    private final OutboundNetwork network;
    private final List<DestinationHold> holds = new ArrayList<>();
    private final List<Outage> outages = new ArrayList<>();
    private final List<DestinationState> states = new ArrayList<>();
    private final Map<String, RateLimit> rateLimits = new HashMap<>();

    DeliveryInstaller(Installation installation) {
        this.installation = installation;
        Settings settings = installation.settings();
        network = new OutboundNetwork(
                OutboundProxy.of(settings, System.getenv()), OutboundTls.of(settings), OutboundTls.versions(settings));
    }

    /** @return the proxy of requests to LaunchDarkly, or null if there is none */
    ForwardProxy proxy() {
        return network.proxy();
    }

    List<DestinationHold> holds() {
        return List.copyOf(holds);
    }

    List<Outage> outages() {
        return List.copyOf(outages);
    }

    /** @return how each destination fares */
    List<DestinationState> states() {
        return List.copyOf(states);
    }

    List<RateLimit> rateLimits() {
        return List.copyOf(rateLimits.values());
    }

    void bindBeans(DestinationsInstaller destinations, Counts counts, NewestStates newestStates) {
        int requests = installation.intValue(Catalogue.DELIVERY_MAX_CONCURRENT_REQUESTS);
        installation.threadPool("launchdarkly", requests);
        OutboundClient client = new OutboundClient(
                installation.context(), network, requests, installation.millis(Catalogue.DELIVERY_RESPONSE_TIMEOUT_MS));
        // For requests without a token.
        installation.bind("launchDarklyClient", client);
        for (Destination destination : destinations.destinations()) {
            bindDestination(destination, client, counts, destinations.sandboxed());
        }
        installation.bind("sandboxClient", new OutboundClient(installation.context(), network, 20, Duration.ZERO));
        installation.bind("stillAwaited", new StillAwaited());
        installation.bind("worthRetrying", new WorthRetrying());
        installation.bind("attemptFailed", new FailureLog());
        installation.bind("worthAttempting", new Divider.WorthAttempting());
        installation.bind("deliveryOutcome", new DeliveryOutcome(counts));
        installation.bind("divider", new Divider());
        installation.bind("batchSettler", new BatchSettler(newestStates));
    }

    private void bindDestination(Destination destination, OutboundClient client, Counts counts, boolean sandboxed) {
        String id = destination.id();
        DestinationHold hold =
                new DestinationHold(destination, installation.millis(Catalogue.DELIVERY_PROBE_INTERVAL_MS));
        // No wait for a rate limit is longer than that, so what fails for longer is more than one.
        Outage outage = new Outage(destination, installation.millis(Catalogue.DELIVERY_MAX_RETRY_DELAY_MS));
        // LaunchDarkly counts by token: destinations that share one share its limit.
        RateLimit rateLimit = rateLimits.computeIfAbsent(
                destination.apiUrl() + ' ' + destination.serviceToken().reveal(),
                token -> new RateLimit(
                        installation.settings().get(Catalogue.DELIVERY_RETRY_DELAY_MS),
                        installation.settings().get(Catalogue.DELIVERY_MAX_RETRY_DELAY_MS)));
        holds.add(hold);
        outages.add(outage);
        states.add(new DestinationState(destination, hold, outage, rateLimit));
        installation.bind("launchDarklyClient-" + id, new LaunchDarklyClient(destination, client));
        installation.bind("segmentAudiencesRequest-" + id, new SegmentAudiencesRequest(destination, counts));
        installation.bind("attemptGate-" + id, new AttemptGate(hold, rateLimit, outage));
        installation.bind("credentialCheck-" + id, new CredentialCheck(destination, hold, sandboxed));
        installation.healthChecks(List.of(new DestinationHealth(hold, outage)));
    }
}
