package io.github.ldaudiences.memberships;

import io.github.ldaudiences.batch.NewestStates;
import io.github.ldaudiences.deadletter.AboutPerson;
import io.github.ldaudiences.deadletter.DeadLetterFile;
import io.github.ldaudiences.deadletter.ErasedLetters;
import io.github.ldaudiences.deadletter.PersonalData;
import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.ReceiptSummary;
import io.github.ldaudiences.inbound.InboundProperties;
import io.github.ldaudiences.inbound.http.RefusedRequestException;
import io.github.ldaudiences.mapping.Mapping;
import io.github.ldaudiences.problem.ProblemCode;
import io.github.ldaudiences.store.MembershipStore;
import io.github.ldaudiences.store.StateChanges;
import io.github.ldaudiences.store.StateCursor;
import io.github.ldaudiences.store.StatePage;
import io.github.ldaudiences.store.StoreAwayException;
import io.github.ldaudiences.store.StoredState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Message;

/** The steps to forget a person. */
public final class ForgetPerson {

    /** Exchange property: the {@link Forgetting}. The route names it too. */
    private static final String FORGETTING = "audiencesForgetting";

    private static final int PAGE = 1000;

    private final MembershipStore store;
    private final NewestStates newestStates;
    private final DeadLetterFile deadLetters;
    private final PersonalData personalData;
    private final List<Mapping> mappings;
    private final Set<String> destinations;
    private final Backlog backlog;
    private final Duration timeout;

    /**
     * @param store the membership store
     * @param newestStates the states in memory
     * @param deadLetters the dead letters
     * @param personalData how dead letters name people
     * @param mappings say which people an event is about
     * @param destinations ids of the configured destinations
     * @param backlog counts the removals from segments
     * @param timeout how long the caller waits for these removals
     */
    public ForgetPerson(
            MembershipStore store,
            NewestStates newestStates,
            DeadLetterFile deadLetters,
            PersonalData personalData,
            List<Mapping> mappings,
            Set<String> destinations,
            Backlog backlog,
            Duration timeout) {
        this.store = store;
        this.newestStates = newestStates;
        this.deadLetters = deadLetters;
        this.personalData = personalData;
        this.mappings = mappings;
        this.destinations = destinations;
        this.backlog = backlog;
        this.timeout = timeout;
    }

    /**
     * Reads the request.
     *
     * @param exchange the request, whose headers are removed
     * @throws RefusedRequestException if the request is invalid
     */
    public void open(Exchange exchange) throws RefusedRequestException {
        exchange.setProperty(FORGETTING, Forgetting.of(exchange.getMessage()));
    }

    /**
     * Creates the changes that remove the person from each segment that they are in, and opens a receipt for them.
     *
     * @param forgetting the person
     * @param exchange receives the changes as its body
     * @throws RefusedRequestException if the store is unavailable, or there is no room for the changes
     */
    public void removals(@ExchangeProperty(FORGETTING) Forgetting forgetting, Exchange exchange)
            throws RefusedRequestException {
        List<StoredState> removals = new ArrayList<>();
        Set<String> gone = new TreeSet<>();
        long now = System.currentTimeMillis();
        for (StoredState state : states(forgetting)) {
            if (!state.member()) {
                continue;
            }
            if (destinations.contains(state.destination())) {
                removals.add(state.left(Math.max(now, state.eventTime() + 1)));
            } else {
                gone.add(state.audienceId() + " of " + state.destination());
            }
        }
        if (!gone.isEmpty()) {
            forgetting.notDone(
                    "The person stays in these segments, because their destinations are no longer configured: "
                            + String.join(", ", gone) + ".");
        }
        Receipt receipt = new Receipt(backlog, timeout);
        StateChanges changes =
                StateChanges.of(removals, receipt, (body, from) -> Map.of("forget", forgetting.contextKey()));
        if (!receipt.admit(changes.size(), changes.heldBytes())) {
            throw RefusedRequestException.overloaded();
        }
        exchange.setProperty(InboundProperties.RECEIPT, receipt);
        exchange.getMessage().setBody(changes.announced());
    }

    private List<StoredState> states(Forgetting forgetting) throws RefusedRequestException {
        List<StoredState> states = new ArrayList<>();
        StateCursor after = null;
        try {
            do {
                StatePage page = store.page(forgetting.states(), after, PAGE);
                states.addAll(page.states());
                after = page.next();
            } while (after != null);
            return states;
        } catch (StoreAwayException e) {
            throw away(e);
        }
    }

    /**
     * @param forgetting the person
     * @param summary the outcome of the changes
     */
    public void removedFromSegments(@ExchangeProperty(FORGETTING) Forgetting forgetting, @Body ReceiptSummary summary) {
        forgetting.removed("segments", summary.delivered());
        if (summary.rejected() > 0) {
            forgetting.notDone("LaunchDarkly refuses to take the person out of " + summary.rejected()
                    + " segment(s), because: " + summary.rejections().get(0).reason());
        }
    }

    /** @param forgetting the person, whose dead letters are removed */
    public void fromDeadLetters(@ExchangeProperty(FORGETTING) Forgetting forgetting) {
        if (!deadLetters.isFolder()) {
            forgetting.notDone("Dead letters about the person were not removed, because they are not in a folder"
                    + " whose files the bundle names (audiences.dead-letter.uri).");
            return;
        }
        try {
            ErasedLetters erased = deadLetters.erase(
                    new AboutPerson(mappings, personalData.formsOf(forgetting.contextKey()), forgetting.contextKind()));
            forgetting.removed("deadLetters", erased.removed());
            if (erased.mentions() > 0) {
                forgetting.notDone(
                        erased.mentions() + " dead letter(s) mention the person but were not removed, because they"
                                + " list others, too, have the key in another place, or cannot be read. They are"
                                + " in "
                                + String.join(", ", erased.mentionedIn()) + ".");
            }
        } catch (IOException e) {
            forgetting.notDone("Dead letters could not be searched or rewritten, because: " + e);
        }
    }

    /**
     * @param forgetting the person, whose states are deleted from the store and then from memory
     * @param reply receives the answer
     * @throws RefusedRequestException if the store is unavailable
     */
    public void fromStates(@ExchangeProperty(FORGETTING) Forgetting forgetting, Message reply)
            throws RefusedRequestException {
        try {
            forgetting.removed("store", store.forget(forgetting.states()));
        } catch (StoreAwayException e) {
            throw away(e);
        }
        forgetting.removed("memory", newestStates.forget(forgetting.contextKey(), forgetting.contextKind()));
        if (store.isShared()) {
            forgetting.notDone(
                    "Other processes that share the store remember the person in memory until they end. Send this"
                            + " request to them, too.");
        }
        reply.setBody(forgetting.reply());
    }

    private static RefusedRequestException away(StoreAwayException e) {
        return new RefusedRequestException(ProblemCode.STORE_UNAVAILABLE, e.getMessage() + ".");
    }
}
