package io.github.ldaudiences.kafka;

import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventBody;
import io.github.ldaudiences.event.EventChunks;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.ReadEvents;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.inbound.EndOfIntake;
import io.github.ldaudiences.metrics.Counts;
import java.time.Duration;
import java.util.ArrayList;
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

    private final KafkaInbound inbound;
    private final EventReader reader;
    private final Backlog backlog;
    private final Duration timeout;
    private final Counts counts;

    /**
     * @param inbound knows the consumer, which waits for the receipts
     * @param reader reads the values
     * @param backlog what the events count against
     * @param timeout how long events may be sent after the group last heard of this process
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
        Map<TopicPartition, Records> partitions = new LinkedHashMap<>();
        Records current = null;
        for (Object record : records) {
            Message one = ((Exchange) record).getMessage();
            String topic = one.getHeader(KafkaConstants.TOPIC, String.class);
            int partition = one.getHeader(KafkaConstants.PARTITION, Integer.class);
            if (current == null || !current.isOf(topic, partition)) {
                current = partitions.computeIfAbsent(new TopicPartition(topic, partition), Records::new);
            }
            current.add(one.getHeader(KafkaConstants.OFFSET, Long.class), one.getBody(byte[].class));
        }
        SettledOffsetsConsumer consumer = inbound.consumerOfThisThread();
        ReadEvents all = ReadEvents.none();
        partitions.values().forEach(each -> each.read(exchange, consumer, all));
        message.removeHeaders("*");
        message.setBody(all.events());
        exchange.setProperty(EventChunks.UNREADABLE, all.unreadable());
    }

    /** Not within the records, which would be held until then. */
    private void whenSettled(Receipt receipt, int size) {
        receipt.settled().whenComplete((summary, failure) -> counts.settled(summary, size));
    }

    /** The records of one partition. */
    private final class Records {

        private final TopicPartition partition;
        private final List<byte[]> values = new ArrayList<>();
        private final List<Long> offsets = new ArrayList<>();
        private int bytes;

        Records(TopicPartition partition) {
            this.partition = partition;
        }

        boolean isOf(String topic, int number) {
            return partition.partition() == number && partition.topic().equals(topic);
        }

        void add(long offset, byte[] value) {
            values.add(value);
            offsets.add(offset);
            bytes += value == null ? 0 : value.length;
        }

        /** Hands the events on, unless the partition has been lost: then they are somebody else's now. */
        void read(Exchange exchange, SettledOffsetsConsumer consumer, ReadEvents all) {
            PartitionProgress progress = consumer.progress(partition);
            if (progress == null) {
                return;
            }
            Receipt receipt = Receipt.renewable(backlog, timeout, consumer.intake());
            // Held together, for alike as they are they take little room when compressed.
            RecordPositions positions = new RecordPositions(partition.topic(), partition.partition(), offsets.size());
            byte[] together = new byte[bytes + values.size()];
            EventBody body = new EventBody(together, positions);
            int from = 0;
            ReadEvents events = ReadEvents.none();
            for (int i = 0; i < values.size(); i++) {
                positions.add(from, offsets.get(i));
                byte[] value = values.get(i);
                int to = from + (value == null ? 0 : value.length);
                if (value == null) {
                    events.add(reader.noMessage(body, from, receipt));
                } else {
                    System.arraycopy(value, 0, together, from, value.length);
                    events.add(reader.readMessage(body, from, to, receipt));
                }
                from = to + 1; // a byte between, so that no two begin at the same place
            }
            int size = events.size();
            receipt.admitAlways(size, events.heldBytes(together.length));
            whenSettled(receipt, size);
            progress.add(offsets.get(0), offsets.get(offsets.size() - 1) + 1, offsets.size(), receipt);
            exchange.getExchangeExtension().addOnCompletion(new EndOfIntake(receipt, body));
            all.add(events);
        }
    }
}
