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
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Opens a receipt over the events that a poll brought from one partition. */
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
     * Replaces the body, the records that a poll brought from one partition, by their events, and removes every header. A
     * value that cannot be read as events is one for the dead letter.
     */
    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        List<?> records = (List<?>) message.getBody(); // as SettledOffsetsConsumer makes it
        SettledOffsetsConsumer consumer = inbound.consumerOfThisThread();
        ConsumerRecord<?, ?> first = (ConsumerRecord<?, ?>) records.get(0);
        TopicPartition partition = new TopicPartition(first.topic(), first.partition());
        PartitionProgress progress = consumer.progress(partition);
        message.removeHeaders("*");
        if (progress == null) {
            message.setBody(List.of()); // it has been lost: its events are somebody else's now
            return;
        }
        Receipt receipt = Receipt.renewable(backlog, timeout, consumer.intake());
        // Held together, for alike as they are they take little room when compressed.
        RecordPositions positions = new RecordPositions(partition, records.size());
        EventBody body = new EventBody(positions.together(records), positions);
        ReadEvents events = positions.read(reader.reading(body, receipt));
        receipt.admitAlways(events.size(), events.heldBytes(body.length()));
        receipt.whenSettled(counts::settled);
        progress.add(first.offset(), positions.lastOffset() + 1, records.size(), receipt);
        exchange.getExchangeExtension().addOnCompletion(new EndOfIntake(receipt, body));
        message.setBody(events.events());
        exchange.setProperty(EventChunks.UNREADABLE, events.unreadable());
    }
}
