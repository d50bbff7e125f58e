package io.github.ldaudiences.file;

import io.github.ldaudiences.event.ReceiptSummary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import org.apache.camel.Exchange;

/** The lines of a file as its endpoint gave it, which is read again where it was not settled. */
final class EndpointFile implements LineSource {

    private final Exchange exchange;
    private final Object content;
    private final int maxLineBytes;

    /**
     * @param exchange the exchange that the endpoint has made
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
        // It moves when all of it is settled.
    }
}
