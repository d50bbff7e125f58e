package io.github.ldaudiences.inbound.connection;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of bodies that are on their way in: from the sender until the route has taken them over. What routes hold is
 * bounded by the backlog.
 */
final class ReceivingBytes {

    /** A body up to this size is small, and finds room where large ones do not. */
    private static final int SMALL = 65_536;

    private final long max;
    private final AtomicLong total = new AtomicLong();

    /** @param max most bytes over all connections, at least 1 */
    ReceivingBytes(long max) {
        this.max = max;
    }

    /** @return the part of one connection, which holds nothing yet */
    Share share() {
        return new Share();
    }

    /** What one connection holds of the bytes. */
    final class Share {

        private final AtomicLong held = new AtomicLong();

        private Share() {}

        /**
         * Takes room for what has arrived. A body for which there is too little room in all is let in when there is no
         * other: its size has its own limit.
         *
         * @param bytes that have arrived
         * @param body bytes of the body so far, these included
         * @return whether there was room; when false, nothing was taken
         */
        boolean tryTake(long bytes, long body) {
            long before = total.getAndAdd(bytes);
            // Large bodies, of which a sender may hold back the ends, leave an eighth to small ones.
            long limit = body <= SMALL ? max : max - max / 8;
            if (before + bytes <= limit || before == held.get()) {
                held.addAndGet(bytes);
                return true;
            }
            total.addAndGet(-bytes);
            return false;
        }

        /** @param bytes that are not held any more */
        void giveBack(long bytes) {
            held.addAndGet(-bytes);
            total.addAndGet(-bytes);
        }

        /** Gives back whatever is left. */
        void close() {
            total.addAndGet(-held.getAndSet(0));
        }
    }
}
