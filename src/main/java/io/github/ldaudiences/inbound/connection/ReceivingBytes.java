package io.github.ldaudiences.inbound.connection;

import io.github.ldaudiences.inbound.SparseLog;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes of bodies that are on their way in: from the sender until the backlog counts them. A compressed body counts
 * as it was sent, and once more as far as it has been expanded.
 */
public final class ReceivingBytes {

    private static final Logger LOG = LoggerFactory.getLogger(InboundConnections.class);

    /** A body up to this size is small, and finds room where large ones do not. */
    private static final int SMALL = 65_536;

    private final long maxBody;
    private final long max;
    private final AtomicLong total = new AtomicLong();
    private final SparseLog noRoom = new SparseLog();

    /**
     * @param maxBody most bytes of one body, at least 1
     * @param max most bytes of all bodies, at least 1
     */
    public ReceivingBytes(long maxBody, long max) {
        this.maxBody = maxBody;
        this.max = max;
    }

    /** @return most bytes of one body */
    public long maxBody() {
        return maxBody;
    }

    /** @return the part of one connection, which holds nothing yet */
    Share share() {
        return new Share(0);
    }

    /**
     * @param sent bytes of a compressed body, which the share of its connection holds
     * @return the part of what the body expands to, which holds nothing yet
     */
    public Share shareToExpand(long sent) {
        return new Share(sent);
    }

    /** What one connection, or the expansion of one body, holds of the bytes. */
    public final class Share implements AutoCloseable {

        private final long heldElsewhere;
        private final AtomicLong held = new AtomicLong();

        private Share(long heldElsewhere) {
            this.heldElsewhere = heldElsewhere;
        }

        /**
         * Takes room for what has arrived. A body for which there is too little room in all is let in when there is no
         * other: its size has its own limit.
         *
         * @param bytes that have arrived
         * @param body bytes of the body so far, these included
         * @return whether there was room; when false, nothing was taken, and the log may say so
         */
        public boolean tryTake(long bytes, long body) {
            long before = total.getAndAdd(bytes);
            // Large bodies, of which a sender may hold back the ends, leave an eighth to small ones.
            long limit = body <= SMALL ? max : max - max / 8;
            if (before + bytes <= limit || before <= held.get() + heldElsewhere) {
                held.addAndGet(bytes);
                return true;
            }
            total.addAndGet(-bytes);
            int times = noRoom.happened();
            if (times > 0) {
                LOG.warn(
                        "{} request(s) refused with 503: more than {} bytes of bodies are on their way in.",
                        times,
                        max);
            }
            return false;
        }

        /** @param bytes that are not held any more */
        void giveBack(long bytes) {
            held.addAndGet(-bytes);
            total.addAndGet(-bytes);
        }

        /** Gives back whatever is left. */
        @Override
        public void close() {
            total.addAndGet(-held.getAndSet(0));
        }
    }
}
