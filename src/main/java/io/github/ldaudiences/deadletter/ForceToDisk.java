package io.github.ldaudiences.deadletter;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Forces the file that has just been written to disk. Camel's file endpoint does not do so for text. */
public final class ForceToDisk implements Processor {

    private Path forced;

    @Override
    public void process(Exchange exchange) throws IOException {
        String name = exchange.getMessage().getHeader(Exchange.FILE_NAME_PRODUCED, String.class);
        if (name == null || !Files.isRegularFile(Path.of(name))) {
            return; // not a file: the endpoint is responsible for its durability
        }
        Path path = Path.of(name).toAbsolutePath();
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            file.force(true);
        }
        if (!path.equals(forced)) {
            forceName(path);
            forced = path;
        }
    }

    /** Forces the folder, too: a new file is lost if its name in the folder is. */
    static void forceName(Path file) {
        try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        } catch (IOException e) {
            // Some systems cannot open a folder; these persist file names themselves.
        }
    }
}
