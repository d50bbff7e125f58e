package io.github.ldaudiences.inbound.file;

import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.UndeliveredException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/** Continues reading a file when the chunks in flight allow it; fails if a chunk could not be delivered. */
public final class AwaitChunks extends AsyncProcessorSupport {

    /** Polling is needed: nothing signals that the backlog has room again, or that a route is about to stop. */
    private static final long CHECK_MS = 20;

    private interface Condition {
        boolean holds(FileReading reading) throws UndeliveredException;
    }

    private final ScheduledExecutorService executor;
    private final Condition condition;

    private AwaitChunks(ScheduledExecutorService executor, Condition condition) {
        this.executor = executor;
        this.condition = condition;
    }

    /**
     * @param executor runs the rest of the reading
     * @param backlog what the events count against
     * @return waits until one more chunk may be handed on
     */
    public static AwaitChunks room(ScheduledExecutorService executor, Backlog backlog) {
        return new AwaitChunks(executor, reading -> {
            boolean room = reading.hasRoom() && !backlog.isFull();
            if (!room) {
                reading.endIntake(); // otherwise the batches and the file would wait for each other
            }
            return room;
        });
    }

    /**
     * @param executor runs the rest of the reading
     * @return ends the intake of the file, and waits until every chunk is settled
     */
    public static AwaitChunks all(ScheduledExecutorService executor) {
        return new AwaitChunks(executor, reading -> {
            reading.endIntake();
            return reading.isSettled();
        });
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        FileReading reading = exchange.getProperty(FileReading.PROPERTY, FileReading.class);
        if (isOver(exchange, reading)) {
            callback.done(true);
            return true;
        }
        checkLater(exchange, reading, callback);
        return false;
    }

    private void checkLater(Exchange exchange, FileReading reading, AsyncCallback callback) {
        executor.schedule(
                () -> {
                    if (isOver(exchange, reading)) {
                        callback.done(false);
                    } else {
                        checkLater(exchange, reading, callback);
                    }
                },
                CHECK_MS,
                TimeUnit.MILLISECONDS);
    }

    private boolean isOver(Exchange exchange, FileReading reading) {
        try {
            return condition.holds(reading);
        } catch (Exception e) {
            exchange.setException(e);
            return true;
        }
    }
}
