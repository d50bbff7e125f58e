package io.github.ldaudiences.deadletter;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Forces the file that has just been written to disk, which Camel's file endpoint does not do for text. */
public final class ForceToDisk implements Processor {

    @Override
    public void process(Exchange exchange) throws IOException {
        String name = exchange.getMessage().getHeader(Exchange.FILE_NAME_PRODUCED, String.class);
        if (name == null || !Files.isRegularFile(Path.of(name))) {
            return; // not a file: its endpoint answers for its own durability
        }
        try (FileChannel file = FileChannel.open(Path.of(name), StandardOpenOption.WRITE)) {
            file.force(true);
        }
    }
}
