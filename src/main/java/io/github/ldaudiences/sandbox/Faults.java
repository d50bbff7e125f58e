package io.github.ldaudiences.sandbox;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/** The pending faults, in the order in which they were added. */
final class Faults {

    private static final class Pending {
        private final Fault fault;
        private int left;

        private Pending(Fault fault) {
            this.fault = fault;
            this.left = fault.requests();
        }
    }

    private final List<Pending> pending = new ArrayList<>();
    private final Random random = new Random(42); // a fixed seed, so that faults are repeatable

    synchronized void add(Fault fault) {
        pending.add(new Pending(fault));
    }

    synchronized void clear() {
        pending.clear();
    }

    synchronized List<Fault> list() {
        return pending.stream().map(waiting -> waiting.fault).toList();
    }

    /** @return the first fault that applies to this request and hits it, or null */
    synchronized Fault take(SegmentAudiencesBody request) {
        Iterator<Pending> all = pending.iterator();
        while (all.hasNext()) {
            Pending candidate = all.next();
            Fault fault = candidate.fault;
            if (!isMeantFor(fault, request)) {
                continue;
            }
            if (fault.requests() > 0 && --candidate.left == 0) {
                all.remove();
            }
            if (fault.fraction() == 0 || random.nextDouble() < fault.fraction()) {
                return fault;
            }
        }
        return null;
    }

    private static boolean isMeantFor(Fault fault, SegmentAudiencesBody request) {
        return request == null
                ? fault.cohortId() == null && fault.userId() == null
                : request.batch().stream()
                        .anyMatch(entry -> (fault.cohortId() == null
                                        || fault.cohortId().equals(entry.cohortId()))
                                && (fault.userId() == null || fault.userId().equals(entry.userId())));
    }
}
