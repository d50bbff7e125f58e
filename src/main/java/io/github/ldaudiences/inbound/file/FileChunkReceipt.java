package io.github.ldaudiences.inbound.file;

import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventBody;
import io.github.ldaudiences.event.EventChunks;
import io.github.ldaudiences.event.EventCounts;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.ReadEvents;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.inbound.EndOfIntake;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Opens a receipt for the events in a chunk of a file. The file waits for the receipt later. */
public final class FileChunkReceipt implements Processor {

    private final EventReader reader;
    private final Backlog backlog;
    private final Duration timeout;
    private final EventCounts counts;

    /**
     * @param reader reads the lines
     * @param backlog what the events count against
     * @param timeout how long to wait for delivery before the lines are sent again
     * @param counts where the outcome is counted
     */
    public FileChunkReceipt(EventReader reader, Backlog backlog, Duration timeout, EventCounts counts) {
        this.reader = reader;
        this.backlog = backlog;
        this.timeout = timeout;
        this.counts = counts;
    }

    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        FileChunk chunk = (FileChunk) message.getBody();
        message.removeHeaders("*");

        FileReading reading = exchange.getProperty(FileReading.PROPERTY, FileReading.class);
        Receipt receipt = new Receipt(backlog, timeout, reading.intake());
        EventBody body = new EventBody(chunk.body(), chunk.source(reading.name()));
        ReadEvents read = chunk.problem() == null
                ? reader.readEachLine(body, receipt)
                : EventReader.unreadable(chunk.problem(), body, 0, chunk.body().length, receipt);
        receipt.admitAlways(read.size(), read.heldBytes(chunk.body().length));
        receipt.whenSettled(counts::settled);
        reading.handedOn(chunk, receipt, read);
        exchange.getExchangeExtension().addOnCompletion(new EndOfIntake(receipt));
        exchange.setProperty(EventChunks.UNREADABLE, read.unreadable());
        message.setBody(read.events());
    }
}
