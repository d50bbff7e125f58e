package io.github.ldaudiences.kafka;

import io.github.ldaudiences.event.EventBody;
import io.github.ldaudiences.event.Receipt;

/**
 * What one poll brought from one partition.
 *
 * @param receipt what its events are settled with
 * @param body what holds its events
 */
record PartitionReceipt(Receipt receipt, EventBody body) {}
