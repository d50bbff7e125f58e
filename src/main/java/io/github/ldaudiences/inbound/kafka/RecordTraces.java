package io.github.ldaudiences.inbound.kafka;

import io.github.ldaudiences.event.TraceOrigin;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Finds the span of a distributed trace that a record came from. */
@FunctionalInterface
public interface RecordTraces {

    /**
     * @param consumed a record with its headers
     * @return the span that its producer names, or null
     */
    TraceOrigin of(ConsumerRecord<?, ?> consumed);
}
