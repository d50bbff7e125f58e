package io.github.ldaudiences.memberships;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.inbound.http.RefusedRequestException;
import io.github.ldaudiences.problem.ProblemCode;
import io.github.ldaudiences.store.StatePage;
import io.github.ldaudiences.store.StoreAwayException;
import io.github.ldaudiences.store.StoredStates;
import org.apache.camel.Message;

/** Answers a request for the states of a person or an audience, a page at a time. */
public final class LookupReply {

    private final StoredStates states;
    private final StateJson json;

    /**
     * @param states the stored states
     * @param json writes a state
     */
    public LookupReply(StoredStates states, StateJson json) {
        this.states = states;
        this.json = json;
    }

    /**
     * @param request the request, whose headers are removed
     * @return {@code memberships}, and {@code after}, where the next page begins, or null if there is none
     * @throws RefusedRequestException if the request is invalid, or the store is unavailable
     */
    public ObjectNode of(Message request) throws RefusedRequestException {
        Lookup lookup = Lookup.of(request, json.destinations());
        StatePage page;
        try {
            page = states.page(lookup.query(), lookup.after(), lookup.limit());
        } catch (StoreAwayException e) {
            throw new RefusedRequestException(ProblemCode.STORE_UNAVAILABLE, e.getMessage() + ".");
        }
        ObjectNode reply = JsonNodeFactory.instance.objectNode();
        ArrayNode memberships = reply.putArray("memberships");
        page.states().forEach(state -> memberships.add(json.of(state)));
        return reply.put("after", page.next() == null ? null : page.next().toString());
    }
}
