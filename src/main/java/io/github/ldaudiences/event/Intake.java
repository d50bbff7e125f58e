package io.github.ldaudiences.event;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The events that a source is still handing on. While an intake is open, its source may add events to the batches that
 * it has begun, so these batches wait for its end.
 */
public final class Intake {

    /** Waits for intakes to end. */
    @FunctionalInterface
    public interface Waiting {

        /** @param intake an intake that has ended */
        void ended(Intake intake);
    }

    // Guarded by this.
    private final Set<Waiting> waiting = Collections.newSetFromMap(new IdentityHashMap<>(4));
    private boolean open = true;

    /**
     * @param one is notified once when this intake ends
     * @return false if it has ended already
     */
    public synchronized boolean await(Waiting one) {
        if (open) {
            waiting.add(one);
        }
        return open;
    }

    /** @param one no longer waits */
    public synchronized void forget(Waiting one) {
        waiting.remove(one);
    }

    /** Ends the intake: the source adds nothing more. Only the first call counts. */
    public void end() {
        List<Waiting> told;
        synchronized (this) {
            open = false;
            told = List.copyOf(waiting);
            waiting.clear();
        }
        told.forEach(one -> one.ended(this));
    }
}
