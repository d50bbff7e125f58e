package io.github.ldaudiences.inbound.file;

import io.github.ldaudiences.event.Intake;
import io.github.ldaudiences.event.ReadEvents;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.ReceiptSummary;
import io.github.ldaudiences.event.UndeliveredException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.StatefulService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The progress of reading a file: which chunks are in flight, and from where to read again if one of them could not be
 * delivered. Only one thread at a time uses it.
 */
public final class FileReading {

    /** Exchange property: the {@code FileReading} of the exchange. The route uses this name too. */
    static final String PROPERTY = "audiencesFile";

    /** Chunks that may be in flight at once: enough to fill batches of many audiences. */
    private static final int MAX_CHUNKS = 32;

    /** How long a stop waits for a file whose lines are all in flight. */
    private static final Duration FINISH = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(FileReading.class);

    private record Chunk(FileChunk lines, Receipt receipt) {}

    private final CamelContext context;
    private final String routeId;
    private final LineSource source;
    private final String name;
    private final Deque<Chunk> unsettled = new ArrayDeque<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private FilePosition settledTo;
    private Intake intake = new Intake();
    private boolean someEvent;
    private boolean someUnreadable;
    private long stopSeenNanos;

    FileReading(Exchange exchange, LineSource source) {
        context = exchange.getContext();
        routeId = exchange.getFromRouteId();
        this.source = source;
        name = source.name();
        settledTo = source.start();
    }

    String name() {
        return name;
    }

    /** @return whether the file was not empty, but nothing in it could be read as an event */
    public boolean isUnreadable() {
        return someUnreadable && !someEvent;
    }

    /** @return the lines after the last settled one, including those in flight */
    Iterator<FileChunk> again() {
        abandon("the file is read again");
        return source.chunks(settledTo);
    }

    /** @return the intake of the file; while lines are left, batches wait for them */
    Intake intake() {
        return intake;
    }

    /** Ends the intake, because all lines have been handed on. */
    void endIntake() {
        intake.end();
        intake = new Intake();
    }

    void handedOn(FileChunk lines, Receipt receipt, ReadEvents read) {
        someEvent |= !read.events().isEmpty();
        someUnreadable |= !read.unreadable().isEmpty();
        if (!unsettled.isEmpty()) {
            receipt.follow(unsettled.getLast().receipt());
        }
        unsettled.add(new Chunk(lines, receipt));
        underWay.incrementAndGet();
        receipt.ended().whenComplete((ended, failure) -> underWay.decrementAndGet());
    }

    /**
     * @return whether there is room for one more chunk
     * @throws UndeliveredException if a chunk could not be delivered
     * @throws RejectedExecutionException if the route is stopping
     */
    boolean hasRoom() throws UndeliveredException {
        settle();
        if (isStopping()) {
            throw stopped();
        }
        // Chunks of an earlier attempt may still be in memory, and after a failure it is useless to send more.
        return Math.max(unsettled.size(), underWay.get()) < MAX_CHUNKS
                && unsettled.stream()
                        .noneMatch(chunk -> chunk.receipt().settled().isCompletedExceptionally());
    }

    /**
     * @return whether every chunk is settled
     * @throws UndeliveredException if a chunk could not be delivered
     * @throws RejectedExecutionException if the route is stopping and delivery would take too long
     */
    boolean isSettled() throws UndeliveredException {
        settle();
        if (unsettled.isEmpty()) {
            return true;
        }
        if (isStopping()) {
            long now = System.nanoTime();
            stopSeenNanos = stopSeenNanos == 0 ? now : stopSeenNanos;
            if (now - stopSeenNanos > FINISH.toNanos()) {
                throw stopped();
            }
        }
        return false;
    }

    /** Settles in order, so that what could not be delivered is sent again before what follows it. */
    private void settle() throws UndeliveredException {
        Chunk first;
        while ((first = unsettled.peek()) != null && first.receipt().settled().isDone()) {
            ReceiptSummary summary;
            try {
                summary = first.receipt().settled().join();
            } catch (CompletionException e) {
                Throwable cause = e.getCause();
                String reason = cause instanceof TimeoutException ? "the deadline has passed" : cause.getMessage();
                LOG.warn(
                        "Not delivered: {} from line {} on, because {}. These lines are read and sent again soon.",
                        name,
                        settledTo.line(),
                        reason);
                abandon(reason);
                throw new UndeliveredException(reason);
            }
            settledTo = first.lines().to();
            unsettled.remove();
            source.settled(settledTo, summary);
        }
    }

    private RejectedExecutionException stopped() {
        LOG.info(
                "Stopped while reading {}. The file stays where it is, and will be read again from its beginning.",
                name);
        abandon("the file inbound has been stopped");
        return new RejectedExecutionException("the file inbound has been stopped");
    }

    private void abandon(String reason) {
        unsettled.forEach(chunk -> chunk.receipt().abandon(reason));
        unsettled.clear();
        endIntake();
    }

    private boolean isStopping() {
        Route route = context.getRoute(routeId);
        return context.isStopping()
                || route == null
                || route.getConsumer() instanceof StatefulService consumer
                        && (consumer.isSuspending()
                                || consumer.isSuspended()
                                || consumer.isStopping()
                                || consumer.isStopped());
    }

    @Override
    public String toString() {
        return name + ", " + (settledTo.line() - 1) + " lines";
    }
}
