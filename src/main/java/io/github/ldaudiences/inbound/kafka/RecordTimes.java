package io.github.ldaudiences.inbound.kafka;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * When records were added to their topic.
 *
 * @param firstMs Kafka's time of the first, in epoch milliseconds, or -1 if it has none
 * @param lastMs Kafka's time of the last, in epoch milliseconds, or -1 if it has none
 */
record RecordTimes(long firstMs, long lastMs) {

    /**
     * @param records of one partition, in order, at least one
     * @return their times
     */
    static RecordTimes of(List<?> records) {
        return new RecordTimes(timeOf(records.get(0)), timeOf(records.get(records.size() - 1)));
    }

    private static long timeOf(Object record) {
        return ((ConsumerRecord<?, ?>) record).timestamp();
    }
}
