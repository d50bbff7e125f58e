package io.github.ldaudiences.delivery;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** What somebody who waits for deliveries wants to see of them. */
public final class DeliveryState {

    private final List<DestinationTraffic> requests;
    private final List<DestinationHold> holds;
    private final List<RateLimit> rateLimits;

    /**
     * @param requests to each destination
     * @param holds of each destination
     * @param rateLimits of each token
     */
    public DeliveryState(List<DestinationTraffic> requests, List<DestinationHold> holds, List<RateLimit> rateLimits) {
        this.requests = requests;
        this.holds = holds;
        this.rateLimits = rateLimits;
    }

    /** @return requests that LaunchDarkly was sent, redelivery included */
    public long requests() {
        return requests.stream().mapToLong(DestinationTraffic::attempts).sum();
    }

    /** @return what deliveries wait for, or may soon wait for, in a few words; empty if there is nothing */
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
