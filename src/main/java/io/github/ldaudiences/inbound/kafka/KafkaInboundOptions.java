package io.github.ldaudiences.inbound.kafka;

import java.time.Duration;

/**
 * Timeouts of the Kafka inbound.
 *
 * @param deliveryTimeout how long events may be sent after the group last heard from this process. Shorter than the
 *     session timeout: nothing is sent once a partition may belong to another consumer
 * @param retryDelay how long to wait before events are read again; doubles with each failure
 * @param maxRetryDelay the longest such wait
 * @param drainTimeout how long events in flight may take when a partition is revoked
 * @param requestTimeout how long a request to LaunchDarkly may take that is already on the wire
 */
public record KafkaInboundOptions(
        Duration deliveryTimeout,
        Duration retryDelay,
        Duration maxRetryDelay,
        Duration drainTimeout,
        Duration requestTimeout) {}
