package io.github.ldaudiences.inbound.file;

import org.apache.camel.Exchange;
import org.apache.camel.support.ExpressionAdapter;

/** The lines of a file in chunks, from where an earlier attempt stopped. */
public final class FileChunks extends ExpressionAdapter {

    private final int maxLineBytes;

    /** @param maxLineBytes longest line that is read */
    public FileChunks(int maxLineBytes) {
        this.maxLineBytes = maxLineBytes;
    }

    @Override
    public Object evaluate(Exchange exchange) {
        FileReading reading = exchange.getProperty(FileReading.PROPERTY, FileReading.class);
        if (reading == null) {
            LineSource source = exchange.getMessage().getBody() instanceof LineSource lines
                    ? lines
                    : new EndpointFile(exchange, maxLineBytes);
            reading = new FileReading(exchange, source);
            exchange.setProperty(FileReading.PROPERTY, reading);
        }
        return reading.again();
    }
}
