package io.github.ldaudiences.inbound.connection;

import java.time.Duration;

/**
 * What the connections of the inbound's port may cost.
 *
 * @param maxConnections most connections at the same time
 * @param requestTimeout how long a request may take until all of it is here
 * @param idleTimeout how long a connection may stay open between requests
 * @param retryAfterSeconds when a caller that gets 503 may come again
 */
public record ConnectionLimits(
        int maxConnections, Duration requestTimeout, Duration idleTimeout, int retryAfterSeconds) {}
