package io.github.ldaudiences.delivery;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** The state of deliveries, for a command that waits for them. */
public final class DeliveryState {

    private final List<DestinationState> destinations;

    /** @param destinations what is known of each destination */
    public DeliveryState(List<DestinationState> destinations) {
        this.destinations = destinations;
    }

    /** @return the number of requests sent to LaunchDarkly, redelivery included */
    public long requests() {
        return destinations.stream()
                .mapToLong(destination -> destination.traffic().attempts())
                .sum();
    }

    /** @return what deliveries wait for, or may soon wait for, in a few words; empty if nothing */
    public String waitsFor() {
        for (DestinationState destination : destinations) {
            if (destination.hold().isHeld()) {
                return "destination " + destination.id() + " is held";
            }
        }
        long heldMs = destinations.stream()
                .mapToLong(destination -> destination.rateLimit().window().waitMs())
                .max()
                .orElse(0);
        if (heldMs > TimeUnit.SECONDS.toMillis(1)) {
            return "rate limit: waiting " + TimeUnit.MILLISECONDS.toSeconds(heldMs) + " s";
        }
        return destinations.stream()
                .map(destination -> destination.rateLimit().window().left())
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .map(left -> "rate limit: " + left + " left")
                .orElse("");
    }
}
