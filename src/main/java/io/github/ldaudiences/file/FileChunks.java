package io.github.ldaudiences.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.camel.Exchange;
import org.apache.camel.support.ExpressionAdapter;

/** The lines of a file, some at a time, from where an earlier attempt has brought it to. */
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
            reading = new FileReading(exchange);
            exchange.setProperty(FileReading.PROPERTY, reading);
        }
        FilePosition from = reading.begin();
        InputStream in =
                exchange.getContext().getTypeConverter().convertTo(InputStream.class, exchange, reading.content());
        try {
            in.skipNBytes(from.offset());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new LineChunks(in, from, maxLineBytes);
    }
}
