package io.github.ldaudiences.inbound.file;

import io.github.ldaudiences.event.EventBody;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.ReadEvents;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.inbound.Receipts;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Opens a receipt for the events in a chunk of a file. The file waits for the receipt later. */
public final class FileChunkReceipt implements Processor {

    private final EventReader reader;
    private final Receipts receipts;

    /**
     * @param reader reads the lines
     * @param receipts opens receipts; if one fails, its lines are sent again
     */
    public FileChunkReceipt(EventReader reader, Receipts receipts) {
        this.reader = reader;
        this.receipts = receipts;
    }

    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        FileChunk chunk = (FileChunk) message.getBody();
        message.removeHeaders("*");

        FileReading reading = exchange.getProperty(FileReading.PROPERTY, FileReading.class);
        Receipt receipt = receipts.open(reading.intake());
        EventBody body = new EventBody(chunk.body(), chunk.source(reading.name()));
        ReadEvents read = chunk.problem() == null
                ? reader.readEachLine(body, receipt)
                : EventReader.unreadable(chunk.problem(), body, 0, chunk.body().length, receipt);
        receipts.admitAlways(exchange, receipt, read, chunk.body().length, null);
        reading.handedOn(chunk, receipt, read);
    }
}
