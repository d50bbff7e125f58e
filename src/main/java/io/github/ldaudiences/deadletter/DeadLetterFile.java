package io.github.ldaudiences.deadletter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Processor;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * Prepares the file that dead letters are about to be appended to: the next of {@link DeadLetterFiles}, unless the
 * endpoint names one. Other endpoints need no preparation. It must process one message at a time.
 */
public final class DeadLetterFile implements Processor {

    private final CamelContext context;
    private final String uri;
    private final DeadLetterFiles files;
    // Held from the choice of a file until the append is done, or while a file is rewritten or deleted.
    private final Semaphore turn = new Semaphore(1);
    private final long maxBytes;

    /**
     * @param context where the endpoint is
     * @param uri the URI, completed by {@link DeadLetterEndpoint}
     * @param maxFileBytes the size in bytes at which a file is full
     * @param maxBytes the maximum size of the folder in bytes; 0 for no limit
     */
    public DeadLetterFile(CamelContext context, String uri, long maxFileBytes, long maxBytes) {
        this.context = context;
        this.uri = uri;
        this.maxBytes = maxBytes;
        this.files = DeadLetterEndpoint.isFolder(uri)
                ? new DeadLetterFiles(maxFileBytes, maxBytes, Clock.systemUTC())
                : null;
    }

    /**
     * @throws IOException if the existing file cannot be appended to
     * @throws DeadLetterFullException if there is no room for the message
     */
    @Override
    public void process(Exchange exchange) throws IOException, DeadLetterFullException {
        if (files != null) {
            turn.acquireUninterruptibly();
            exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
                @Override
                public void onDone(Exchange appended) {
                    turn.release();
                }
            });
            int bytes = exchange.getMessage().getBody(String.class).getBytes(StandardCharsets.UTF_8).length;
            exchange.getMessage().setHeader(Exchange.FILE_NAME, files.next(folder(), bytes));
        } else if (DeadLetterEndpoint.isFile(uri)) {
            Expression name = endpoint().getFileName();
            WholeLines.end(folder().resolve(name.evaluate(exchange, String.class)));
        }
    }

    /** @return why the folder is full and what to do, or null if it has room */
    public String full() {
        return files == null ? null : files.full(folder());
    }

    /** Deletes files that are too old. Call it only for a folder. */
    List<String> deleteOld(int maxAgeDays) throws IOException {
        turn.acquireUninterruptibly();
        try {
            return files.deleteOld(folder(), maxAgeDays);
        } finally {
            turn.release();
        }
    }

    /** @return whether letters are kept in a folder whose files are the bundle's own and may be rewritten */
    public boolean isFolder() {
        return files != null;
    }

    /**
     * Removes the letters about a person, while others may be appended. Call it only for a folder.
     *
     * @param about decides which letters are removed
     * @return how many were removed, and what was kept
     * @throws IOException if a file cannot be read or rewritten; that file is unchanged
     */
    public ErasedLetters erase(AboutPerson about) throws IOException {
        return new LetterEraser(about, turn).erase(DeadLetterFiles.own(folder()));
    }

    /** @return the bundle's own files in the folder of the dead letter, oldest first; none if it is kept elsewhere */
    public List<Path> ownFiles() {
        return files == null ? List.of() : DeadLetterFiles.own(folder());
    }

    /** @return the size of the dead letter's folder in bytes; 0 if it has no folder of its own */
    public long bytes() {
        return files == null ? 0 : DeadLetterFiles.bytes(folder());
    }

    /**
     * @return the maximum size of the dead letter's folder in bytes; infinite without a limit, or without a folder of
     *     its own
     */
    public double maxBytes() {
        return files == null || maxBytes == 0 ? Double.POSITIVE_INFINITY : maxBytes;
    }

    private Path folder() {
        return Path.of(endpoint().getConfiguration().getDirectory());
    }

    private FileEndpoint endpoint() {
        return context.getEndpoint(uri, FileEndpoint.class);
    }
}
