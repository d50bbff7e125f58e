package io.github.ldaudiences.delivery;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** The state of deliveries, for a command that waits for them. */
public final class DeliveryState {

    private final List<DestinationTraffic> requests;
    private final List<DestinationHold> holds;
    private final List<RateLimit> rateLimits;

    /**
     * @param requests the requests to each destination
     * @param holds the hold of each destination
     * @param rateLimits the rate limit of each token
     */
    public DeliveryState(List<DestinationTraffic> requests, List<DestinationHold> holds, List<RateLimit> rateLimits) {
        this.requests = requests;
        this.holds = holds;
        this.rateLimits = rateLimits;
    }

    /** @return the number of requests sent to LaunchDarkly, redelivery included */
    public long requests() {
        return requests.stream().mapToLong(DestinationTraffic::attempts).sum();
    }

    /** @return what deliveries wait for, or may soon wait for, in a few words; empty if nothing */
    public String waitsFor() {
        for (DestinationHold hold : holds) {
            if (hold.isHeld()) {
                return "destination " + hold.destination() + " is held";
            }
        }
        long heldMs = rateLimits.stream()
                .mapToLong(limit -> limit.window().waitMs())
                .max()
                .orElse(0);
        if (heldMs > TimeUnit.SECONDS.toMillis(1)) {
            return "rate limit: waiting " + TimeUnit.MILLISECONDS.toSeconds(heldMs) + " s";
        }
        return rateLimits.stream()
                .map(limit -> limit.window().left())
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .map(left -> "rate limit: " + left + " left")
                .orElse("");
    }
}
