package io.github.ldaudiences.delivery;

import java.time.Instant;

/**
 * What is known of one destination.
 *
 * @param destination the destination
 * @param hold whether it is held
 * @param outage since when its requests have failed
 * @param rateLimit the rate limit of its token, which other destinations may share
 * @param traffic its requests
 */
public record DestinationState(
        Destination destination, DestinationHold hold, Outage outage, RateLimit rateLimit, DestinationTraffic traffic) {

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

    /** @return the id of the destination */
    public String id() {
        return destination.id();
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
