package io.github.ldaudiences.batch;

import io.github.ldaudiences.event.UndeliveredException;
import io.github.ldaudiences.mapping.MembershipChange;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Looks up the states of people whom this process does not remember, all changes of an exchange at once, so that the
 * newest state wins across restarts.
 */
public final class RecallStates implements Processor {

    private final NewestStates newestStates;
    private final EarlierStates earlier;

    /**
     * @param newestStates the states that this process remembers, to which the found ones are added
     * @param earlier the states from before
     */
    public RecallStates(NewestStates newestStates, EarlierStates earlier) {
        this.newestStates = newestStates;
        this.earlier = earlier;
    }

    @Override
    public void process(Exchange exchange) {
        @SuppressWarnings("unchecked") // as the mapping routes make it
        List<MembershipChange> changes =
                (List<MembershipChange>) exchange.getMessage().getBody();
        try {
            recall(changes);
        } catch (StatesUnavailableException e) {
            UndeliveredException undelivered = new UndeliveredException(e.getMessage());
            changes.forEach(change -> change.origin().failed(undelivered));
            changes.clear();
        }
    }

    /**
     * @param changes changes that have arrived, or are only inspected
     * @throws StatesUnavailableException if they must wait
     */
    public void recall(Collection<MembershipChange> changes) throws StatesUnavailableException {
        if (!earlier.isKept()) {
            return;
        }
        List<MembershipChange> unknown = newestStates.unknown(changes);
        if (!unknown.isEmpty()) {
            Map<String, EarlierState> found = earlier.find(unknown);
            found.forEach(newestStates::recall);
        }
    }
}
