package io.github.ldaudiences.inbound.http.connection;

import io.github.ldaudiences.problem.ProblemCode;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts the HTTP requests that are answered with an error, by its code. */
public final class RefusedRequests {

    private final Map<ProblemCode, LongAdder> counts = new EnumMap<>(ProblemCode.class);

    /** Creates a counter for each code that a request can be refused with. */
    public RefusedRequests() {
        for (ProblemCode code : ProblemCode.values()) {
            if (code.refusesRequests()) {
                counts.put(code, new LongAdder());
            }
        }
    }

    /**
     * Counts a request.
     *
     * @param code the code of its error, one that {@link ProblemCode#refusesRequests() refuses requests}
     */
    public void count(ProblemCode code) {
        counts.get(code).increment();
    }

    /**
     * @param code a code that {@link ProblemCode#refusesRequests() refuses requests}
     * @return how many requests were answered with it
     */
    public long requests(ProblemCode code) {
        return counts.get(code).sum();
    }
}
