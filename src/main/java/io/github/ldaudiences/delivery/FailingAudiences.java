package io.github.ldaudiences.delivery;

import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.measure.AudienceName;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Counts how many requests of each audience have failed in a row. An audience is forgotten when a request succeeds,
 * when none has been sent for long, or when too many other audiences have failed since.
 */
public final class FailingAudiences {

    private static final int MAX_REMEMBERED = 1_000;

    private static final class Failures {
        private int inARow;
        private long lastNanos;
    }

    private final long keptNanos;
    private final LongSupplier nanoTime;

    /** Guarded by this. Ordered by the last failure, the oldest first. */
    private final Map<AudienceName, Failures> failing = new LinkedHashMap<>(16, 0.75f, true);

    /** @param kept how long a failure counts: more than the longest time between two attempts */
    public FailingAudiences(Duration kept) {
        this(kept, System::nanoTime);
    }

    FailingAudiences(Duration kept, LongSupplier nanoTime) {
        this.keptNanos = kept.toNanos();
        this.nanoTime = nanoTime;
    }

    /** @param audience the audience whose request has failed, for any reason */
    synchronized void failed(Audience audience) {
        Failures failures = failing.computeIfAbsent(name(audience), first -> new Failures());
        failures.inARow++;
        failures.lastNanos = nanoTime.getAsLong();
        forget();
    }

    /** @param audience the audience whose request has succeeded */
    synchronized void taken(Audience audience) {
        if (!failing.isEmpty()) {
            failing.remove(name(audience));
        }
    }

    /** @return the number of consecutive failed requests, for each audience whose last request failed */
    public synchronized Map<AudienceName, Integer> inARow() {
        forget();
        Map<AudienceName, Integer> counts = new HashMap<>();
        failing.forEach((name, failures) -> counts.put(name, failures.inARow));
        return counts;
    }

    private void forget() {
        long now = nanoTime.getAsLong();
        Iterator<Failures> eldest = failing.values().iterator();
        while (eldest.hasNext()) {
            boolean old = now - eldest.next().lastNanos > keptNanos;
            if (!old && failing.size() <= MAX_REMEMBERED) {
                return;
            }
            eldest.remove();
        }
    }

    private static AudienceName name(Audience audience) {
        return AudienceName.of(audience.destination(), audience.id());
    }
}
