package io.github.ldaudiences.memberships;

import io.github.ldaudiences.inbound.http.RefusedRequestException;
import io.github.ldaudiences.inbound.http.RequestQuery;
import io.github.ldaudiences.problem.ProblemCode;
import io.github.ldaudiences.store.StateQuery;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Message;

/** One request to forget a person, with its results so far. */
public final class Forgetting {

    private static final String CONTEXT_KEY = "contextKey";
    private static final String CONTEXT_KIND = "contextKind";
    private static final String SEGMENTS = "segments";

    private final String contextKey;
    private final String contextKind;
    private final boolean inSegments;
    private final Map<String, Long> removed = new LinkedHashMap<>();
    private final List<String> notDone = new ArrayList<>();

    private Forgetting(String contextKey, String contextKind, boolean inSegments) {
        this.contextKey = contextKey;
        this.contextKind = contextKind;
        this.inSegments = inSegments;
    }

    /**
     * @param message the request, whose headers are removed
     * @return the parsed request
     * @throws RefusedRequestException if it names no person, or is invalid
     */
    static Forgetting of(Message message) throws RefusedRequestException {
        RequestQuery query = RequestQuery.of(message, Set.of(CONTEXT_KEY, CONTEXT_KIND, SEGMENTS));
        if (query.get(CONTEXT_KEY) == null) {
            throw new RefusedRequestException(
                    ProblemCode.QUERY_INVALID, "The query must have contextKey=<a person's context key>.");
        }
        String segments = query.oneOf(SEGMENTS, Set.of("remove", "keep"));
        return new Forgetting(query.get(CONTEXT_KEY), query.get(CONTEXT_KIND), "remove".equals(segments));
    }

    /** @return the person, as LaunchDarkly knows them */
    String contextKey() {
        return contextKey;
    }

    /** @return LaunchDarkly context kind, or null for all */
    String contextKind() {
        return contextKind;
    }

    /** @return a query for the states of the person */
    StateQuery states() {
        return StateQuery.ofPerson(contextKey, contextKind);
    }

    /** @return whether to remove the person from segments, too; called by the route */
    public boolean isInSegments() {
        return inSegments;
    }

    void removed(String where, long count) {
        removed.put(where, count);
    }

    void notDone(String sentence) {
        notDone.add(sentence);
    }

    /** @return the request, {@code removed} by place, and in {@code notDone} a sentence for everything that is left */
    Map<String, Object> reply() {
        Map<String, Object> reply = new LinkedHashMap<>();
        reply.put(CONTEXT_KEY, contextKey);
        reply.put(CONTEXT_KIND, contextKind);
        reply.put("removed", removed);
        reply.put("notDone", notDone);
        return reply;
    }
}
