package io.github.ldaudiences.kafka;

import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventChunks;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.EventSource;
import io.github.ldaudiences.event.ReadEvents;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.metrics.Counts;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.common.TopicPartition;

/** Opens a receipt over the events that a poll brought from each partition. */
public final class KafkaReceipts implements Processor {

    /** Exchange property: the {@link Receipt}s of the exchange. */
    static final String RECEIPTS = "audiencesReceipts";

    private final KafkaInbound inbound;
    private final EventReader reader;
    private final Backlog backlog;
    private final Duration timeout;
    private final Counts counts;

    /**
     * @param inbound where the receipts are awaited
     * @param reader reads the values
     * @param backlog what the events count against
     * @param timeout how long events may take to be settled
     * @param counts where the outcome is counted
     */
    public KafkaReceipts(KafkaInbound inbound, EventReader reader, Backlog backlog, Duration timeout, Counts counts) {
        this.inbound = inbound;
        this.reader = reader;
        this.backlog = backlog;
        this.timeout = timeout;
        this.counts = counts;
    }

    /**
     * Replaces the body, a list of records or a single one as camel-kafka makes them, by the events, and removes every
     * header. A value that cannot be read as events is one for the dead letter.
     */
    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        List<?> records = message.getBody() instanceof List<?> list ? list : List.of(exchange);
        Map<TopicPartition, Reading> partitions = new LinkedHashMap<>();
        Reading current = null;
        for (Object record : records) {
            Message one = ((Exchange) record).getMessage();
            String topic = one.getHeader(KafkaConstants.TOPIC, String.class);
            int partition = one.getHeader(KafkaConstants.PARTITION, Integer.class);
            if (current == null || !current.isOf(topic, partition)) {
                current = partitions.computeIfAbsent(new TopicPartition(topic, partition), Reading::new);
            }
            current.read(one.getHeader(KafkaConstants.OFFSET, Long.class), one.getBody(byte[].class));
        }
        ReadEvents all = ReadEvents.none();
        partitions.values().forEach(reading -> reading.addTo(all));
        message.removeHeaders("*");
        message.setBody(all.events());
        exchange.setProperty(EventChunks.UNREADABLE, all.unreadable());
        exchange.setProperty(
                RECEIPTS,
                partitions.values().stream().map(reading -> reading.receipt).toList());
    }

    /** What is read from one partition. */
    private final class Reading {

        private final TopicPartition partition;
        private final Receipt receipt = new Receipt(backlog, timeout);
        private final ReadEvents events = ReadEvents.none();
        private long bytes;
        private int records;
        private long firstOffset = -1;
        private long lastOffset;

        Reading(TopicPartition partition) {
            this.partition = partition;
        }

        boolean isOf(String topic, int number) {
            return partition.partition() == number && partition.topic().equals(topic);
        }

        void read(long offset, byte[] value) {
            String topic = partition.topic();
            int number = partition.partition();
            EventSource source = (body, from) -> Map.of("topic", topic, "partition", number, "offset", offset);
            events.add(reader.readMessage(value, receipt, source));
            bytes += value == null ? 0 : value.length;
            records++;
            firstOffset = firstOffset < 0 ? offset : firstOffset;
            lastOffset = offset;
        }

        /** Hands the events on, unless the partition has been lost: then they are somebody else's now. */
        void addTo(ReadEvents all) {
            int size = events.size();
            receipt.admitAlways(size, events.heldBytes(bytes));
            receipt.settled().whenComplete((summary, failure) -> counts.settled(summary, size));
            PartitionProgress progress = inbound.progress(partition);
            if (progress == null) {
                receipt.abandon("its partition has been lost");
                events.unreadable().forEach(unreadable -> unreadable.origin().failed(null));
                return;
            }
            inbound.handedOn(size);
            receipt.ended().thenRun(() -> inbound.ended(size));
            progress.add(firstOffset, lastOffset + 1, records, receipt);
            progress.consumer().taken(records);
            all.add(events);
        }
    }
}
