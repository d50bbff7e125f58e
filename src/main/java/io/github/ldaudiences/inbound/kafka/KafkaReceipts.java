package io.github.ldaudiences.inbound.kafka;

import io.github.ldaudiences.event.EventBody;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.ReadEvents;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.UndeliveredException;
import io.github.ldaudiences.inbound.Receipts;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Opens a receipt for the events that one poll returned from one partition. */
public final class KafkaReceipts implements Processor {

    private final KafkaInbound inbound;
    private final EventReader reader;
    private final Receipts receipts;
    private final RecordTraces traces; // null if tracing is off

    /**
     * @param inbound knows the consumer, which waits for the receipts
     * @param reader reads the values
     * @param receipts opens receipts; their time-out is how long events may be sent after the group last heard from this
     *     process
     * @param traces finds the span that a record came from; null if tracing is off
     */
    public KafkaReceipts(KafkaInbound inbound, EventReader reader, Receipts receipts, RecordTraces traces) {
        this.inbound = inbound;
        this.reader = reader;
        this.receipts = receipts;
        this.traces = traces;
    }

    /**
     * Replaces the body, which holds the records that a poll returned from one partition, with their events, and
     * removes all headers. A value that cannot be read as events goes to the dead letter. Records whose values cannot
     * be deserialized now are read again later.
     */
    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        List<?> records = (List<?>) message.getBody(); // SettledOffsetsConsumer creates it with this type
        SettledOffsetsConsumer consumer = inbound.consumerOfThisThread();
        TopicPartition partition =
                new TopicPartition(at(records, 0).topic(), at(records, 0).partition());
        PartitionProgress progress = consumer.progress(partition);
        message.removeHeaders("*");
        message.setBody(List.of());
        if (progress == null) {
            return; // the partition has been lost, and its events belong to another consumer
        }
        List<?> ready = consumer.deserialized(partition, records);
        if (!ready.isEmpty()) {
            open(exchange, ready, partition, progress, consumer);
        }
        if (ready.size() < records.size()) {
            readAgain(records.subList(ready.size(), records.size()), progress, consumer);
        }
    }

    private void open(
            Exchange exchange,
            List<?> records,
            TopicPartition partition,
            PartitionProgress progress,
            SettledOffsetsConsumer consumer) {
        Receipt receipt = receipts.openRenewable(consumer.intake());
        // Held together, because similar values compress well.
        RecordPositions positions = new RecordPositions(partition, records.size());
        if (traces != null) {
            positions.trace(records, traces);
        }
        EventBody body = new EventBody(positions.together(records), positions);
        ReadEvents events = positions.read(reader.reading(body, receipt));
        receipts.admitAlways(exchange, receipt, events, body.length(), body);
        progress.add(
                at(records, 0).offset(), positions.lastOffset() + 1, records.size(), RecordTimes.of(records), receipt);
    }

    /** Fails their receipt at once, as if their events could not be delivered. */
    private void readAgain(List<?> records, PartitionProgress progress, SettledOffsetsConsumer consumer) {
        Receipt receipt = receipts.openRenewable(consumer.intake());
        long next = at(records, records.size() - 1).offset() + 1;
        progress.add(at(records, 0).offset(), next, records.size(), RecordTimes.of(records), receipt);
        receipt.giveUp(new UndeliveredException("its values cannot be deserialized now"));
    }

    private static ConsumerRecord<?, ?> at(List<?> records, int place) {
        return (ConsumerRecord<?, ?>) records.get(place);
    }
}
