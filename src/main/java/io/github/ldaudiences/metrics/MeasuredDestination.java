package io.github.ldaudiences.metrics;

import io.github.ldaudiences.delivery.DestinationHold;
import io.github.ldaudiences.delivery.DestinationTraffic;
import io.github.ldaudiences.delivery.Outage;
import io.github.ldaudiences.delivery.RateLimit;

/**
 * The measurements of one destination.
 *
 * @param id its id
 * @param hold whether it is held
 * @param outage since when its requests have failed
 * @param rateLimit the rate limit of its token, which other destinations may share
 * @param traffic its requests
 */
public record MeasuredDestination(
        String id, DestinationHold hold, Outage outage, RateLimit rateLimit, DestinationTraffic traffic) {}
