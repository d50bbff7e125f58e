package io.github.ldaudiences.inbound.file;

import io.github.ldaudiences.event.ReceiptSummary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import org.apache.camel.Exchange;

/** The lines of a file as its endpoint provides it. Lines that were not settled are read again from the file. */
final class EndpointFile implements LineSource {

    private final Exchange exchange;
    private final Object content;
    private final int maxLineBytes;

    /**
     * @param exchange the exchange that the endpoint created
     * @param maxLineBytes longest line that is read
     */
    EndpointFile(Exchange exchange, int maxLineBytes) {
        this.exchange = exchange;
        this.content = exchange.getMessage().getBody();
        this.maxLineBytes = maxLineBytes;
    }

    @Override
    public String name() {
        return exchange.getMessage().getHeader(Exchange.FILE_NAME, exchange.getExchangeId(), String.class);
    }

    @Override
    public FilePosition start() {
        return FilePosition.START;
    }

    @Override
    public Iterator<FileChunk> chunks(FilePosition from) {
        InputStream in = exchange.getContext().getTypeConverter().convertTo(InputStream.class, exchange, content);
        try {
            in.skipNBytes(from.offset());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new LineChunks(in, from, maxLineBytes);
    }

    @Override
    public void settled(FilePosition to, ReceiptSummary summary) {
        // The endpoint moves the file when all of it is settled.
    }
}
