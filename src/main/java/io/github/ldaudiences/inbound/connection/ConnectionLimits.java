package io.github.ldaudiences.inbound.connection;

import java.time.Duration;

/**
 * What the connections of the inbound's port may cost.
 *
 * @param maxConnections most connections at the same time
 * @param requestTimeout how long a request may take until all of it is here
 * @param idleTimeout how long a connection may stay open between requests
 * @param maxBodyBytes largest body of a request
 * @param maxReceivingBytes most bytes of bodies that are on their way in, over all connections
 * @param retryAfterSeconds when a caller that gets 503 may come again
 */
public record ConnectionLimits(
        int maxConnections,
        Duration requestTimeout,
        Duration idleTimeout,
        long maxBodyBytes,
        long maxReceivingBytes,
        int retryAfterSeconds) {}
