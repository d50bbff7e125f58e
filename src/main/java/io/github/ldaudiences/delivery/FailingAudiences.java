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
 * Knows how many requests of each audience have failed in a row. An audience is forgotten when one succeeds, when none
 * has been sent for long, and when too many others have failed since.
 */
public final class FailingAudiences {

    private static final int MAX_REMEMBERED = 1_000;

    private static final class Failures {
        private int inARow;
        private long lastNanos;
    }

    private final long keptNanos;
    private final LongSupplier nanoTime;

    /** Guarded by this. The one whose last failure is the oldest comes first. */
    private final Map<AudienceName, Failures> failing = new LinkedHashMap<>(16, 0.75f, true);

    /** @param kept how long a failure counts: longer than the longest time between two attempts */
    public FailingAudiences(Duration kept) {
        this(kept, System::nanoTime);
    }

    FailingAudiences(Duration kept, LongSupplier nanoTime) {
        this.keptNanos = kept.toNanos();
        this.nanoTime = nanoTime;
    }

    /** @param audience whose request has failed, for whatever reason */
    synchronized void failed(Audience audience) {
        Failures failures = failing.computeIfAbsent(name(audience), first -> new Failures());
        failures.inARow++;
        failures.lastNanos = nanoTime.getAsLong();
        forget();
    }

    /** @param audience whose request has succeeded */
    synchronized void taken(Audience audience) {
        if (!failing.isEmpty()) {
            failing.remove(name(audience));
        }
    }

    /** @return how many requests have failed in a row, of each audience whose last one has */
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
