package io.github.ldaudiences.inbound.http.connection;

import java.time.Duration;

/**
 * Limits for the connections of the inbound's port.
 *
 * @param maxConnections most connections at the same time
 * @param requestTimeout how long a request may take to arrive completely
 * @param idleTimeout how long a connection may stay open between requests
 * @param retryAfterSeconds when a caller that gets 503 may retry
 */
public record ConnectionLimits(
        int maxConnections, Duration requestTimeout, Duration idleTimeout, int retryAfterSeconds) {}
