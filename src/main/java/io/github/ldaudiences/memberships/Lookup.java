package io.github.ldaudiences.memberships;

import io.github.ldaudiences.inbound.http.RefusedRequestException;
import io.github.ldaudiences.inbound.http.RequestQuery;
import io.github.ldaudiences.problem.ProblemCode;
import io.github.ldaudiences.store.StateCursor;
import io.github.ldaudiences.store.StateQuery;
import java.util.HashSet;
import java.util.Set;
import org.apache.camel.Message;

/**
 * A request for states.
 *
 * @param query which states
 * @param after where to continue, or null to begin
 * @param limit the maximum number of states
 */
public record Lookup(StateQuery query, StateCursor after, int limit) {

    /** Parameter: the person. */
    public static final String CONTEXT_KEY = "contextKey";

    /** Parameter: Segment's id of the audience. */
    public static final String AUDIENCE = "audience";

    /** Parameter: LaunchDarkly context kind. */
    public static final String CONTEXT_KIND = "contextKind";

    /** Parameter: id of a destination. */
    public static final String DESTINATION = "destination";

    private static final String AFTER = "after";
    private static final String LIMIT = "limit";
    private static final int MOST = 10_000;
    private static final int USUAL = 100;
    private static final Set<String> PARAMETERS =
            Set.of(CONTEXT_KEY, AUDIENCE, CONTEXT_KIND, DESTINATION, AFTER, LIMIT);

    /**
     * @param message the request
     * @param destinations ids of the configured destinations
     * @return the parsed request
     * @throws RefusedRequestException if the request is invalid
     */
    static Lookup of(Message message, Set<String> destinations) throws RefusedRequestException {
        RequestQuery query = RequestQuery.of(message, PARAMETERS);
        if (query.get(CONTEXT_KEY) == null && query.get(AUDIENCE) == null) {
            throw new RefusedRequestException(
                    ProblemCode.QUERY_INVALID,
                    "The query must have contextKey=<a person's context key> or audience=<an audience id>.");
        }
        return new Lookup(states(query, destinations), after(query), query.number(LIMIT, USUAL, MOST));
    }

    /**
     * @param query parameters of a request
     * @param destinations ids of the configured destinations
     * @return the requested states
     * @throws RefusedRequestException if there is no such destination
     */
    public static StateQuery states(RequestQuery query, Set<String> destinations) throws RefusedRequestException {
        return new StateQuery(
                query.get(AUDIENCE),
                query.get(CONTEXT_KEY),
                query.get(CONTEXT_KIND),
                query.oneOf(DESTINATION, new HashSet<>(destinations)));
    }

    private static StateCursor after(RequestQuery query) throws RefusedRequestException {
        String after = query.get(AFTER);
        try {
            return after == null ? null : StateCursor.parse(after);
        } catch (IllegalArgumentException e) {
            throw new RefusedRequestException(
                    ProblemCode.QUERY_INVALID, "after must be the value from the previous answer to the same query.");
        }
    }
}
