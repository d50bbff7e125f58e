package io.github.ldaudiences.inbound.http.connection;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the bytes of bodies that are being received, from the sender until the backlog counts them. A compressed body
 * counts as sent, plus as much as has been expanded.
 */
public final class ReceivingBytes {

    private static final Logger LOG = LoggerFactory.getLogger(InboundConnections.class);

    /** A body up to this size is small, and is admitted where large ones are not. */
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

    /** @return the share of one connection, which holds nothing yet */
    Share share() {
        return new Share(0);
    }

    /**
     * @param sent bytes of a compressed body, which its connection's share holds
     * @return the share of the expanded body, which holds nothing yet
     */
    public Share shareToExpand(long sent) {
        return new Share(sent);
    }

    /** The bytes that one connection, or the expansion of one body, holds. */
    public final class Share implements AutoCloseable {

        private final long heldElsewhere;
        private final AtomicLong held = new AtomicLong();

        private Share(long heldElsewhere) {
            this.heldElsewhere = heldElsewhere;
        }

        /**
         * Takes room for bytes that have arrived. A body that does not fit is admitted when there is no other: its size
         * has its own limit.
         *
         * @param bytes that have arrived
         * @param body bytes of the body so far, including these
         * @return whether there was room; if false, nothing was taken, and the log may say so
         */
        public boolean tryTake(long bytes, long body) {
            long before = total.getAndAdd(bytes);
            // Large bodies, which a sender may leave incomplete, leave an eighth to small ones.
            long limit = body <= SMALL ? max : max - max / 8;
            if (before + bytes <= limit || before <= held.get() + heldElsewhere) {
                held.addAndGet(bytes);
                return true;
            }
            total.addAndGet(-bytes);
            int times = noRoom.happened();
            if (times > 0) {
                LOG.warn(
                        "{} request(s) refused with 503: more than {} bytes of request bodies are being received.",
                        times,
                        max);
            }
            return false;
        }

        /** @param bytes that are no longer held */
        void giveBack(long bytes) {
            held.addAndGet(-bytes);
            total.addAndGet(-bytes);
        }

        /** Gives back what is left. */
        @Override
        public void close() {
            total.addAndGet(-held.getAndSet(0));
        }
    }
}
