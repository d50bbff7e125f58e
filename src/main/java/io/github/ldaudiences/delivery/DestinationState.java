package io.github.ldaudiences.delivery;

import java.time.Instant;

/** Reports the state of one destination. */
public final class DestinationState {

    private final Destination destination;
    private final DestinationHold hold;
    private final Outage outage;
    private final RateLimit rateLimit;

    /**
     * @param destination the destination
     * @param hold whether it is held
     * @param outage since when its requests fail
     * @param rateLimit the rate limit of its token
     */
    public DestinationState(Destination destination, DestinationHold hold, Outage outage, RateLimit rateLimit) {
        this.destination = destination;
        this.hold = hold;
        this.outage = outage;
        this.rateLimit = rateLimit;
    }

    /** The states of a destination. */
    public enum Kind {
        /** It accepts requests, as far as is known. */
        TAKING,
        /** The last request failed, and is retried. */
        FAILING,
        /** LaunchDarkly refuses its token or environment, and someone must fix that. */
        HELD
    }

    /**
     * The state of a destination at one moment.
     *
     * @param kind its state
     * @param since since when it fails or is held, or null
     * @param problem why and what to do, in a sentence or two; null if it accepts requests
     * @param lastError why the last failed request failed, without secrets; null if none has failed
     * @param lastErrorTime when that was, or null
     * @param rateLimit what is known of LaunchDarkly's limit for its token
     */
    public record Now(
            Kind kind,
            Instant since,
            String problem,
            String lastError,
            Instant lastErrorTime,
            RateLimit.Window rateLimit) {}

    /** @return the destination */
    public Destination destination() {
        return destination;
    }

    /** @return its current state */
    public Now now() {
        String held = hold.problem();
        String error = outage.lastError();
        Instant errorTime = outage.lastErrorTime();
        if (held != null) {
            return new Now(Kind.HELD, hold.since(), held, error, errorTime, rateLimit.window());
        }
        Instant since = outage.since();
        if (since == null) {
            return new Now(Kind.TAKING, null, null, error, errorTime, rateLimit.window());
        }
        String problem = outage.problem();
        return new Now(
                Kind.FAILING, since, problem == null ? error + "." : problem, error, errorTime, rateLimit.window());
    }
}
