package io.github.ldaudiences.memberships;

import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.Replay;
import io.github.ldaudiences.inbound.http.RefusedRequestException;
import io.github.ldaudiences.inbound.http.RequestQuery;
import io.github.ldaudiences.problem.ProblemCode;
import io.github.ldaudiences.store.MembershipStore;
import io.github.ldaudiences.store.StateChanges;
import io.github.ldaudiences.store.StatePage;
import io.github.ldaudiences.store.StateQuery;
import io.github.ldaudiences.store.StoreAwayException;
import io.github.ldaudiences.store.StoredState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends states of the store again, one resync at a time. They are delivered like all changes, so that the throttle
 * applies and newer events win. They are never settled as repeats, because LaunchDarkly may have lost them.
 */
public final class Resync {

    /** Exchange property: the {@link ResyncRun}. The route names it too. */
    private static final String RUN = "audiencesResync";

    /** Exchange property: the receipt of the page that is being sent. */
    private static final String PAGE_RECEIPT = "audiencesResyncReceipt";

    private static final Logger LOG = LoggerFactory.getLogger(Resync.class);

    private static final Set<String> PARAMETERS = Set.of("audience", "contextKind", "destination", "to");
    private static final int PAGE = 1000;
    private static final long LOOK_AGAIN_MS = 20;
    private static final long TRY_AGAIN_MS = 1000;

    /** No caller waits: states are retried until LaunchDarkly has them, or the resync is interrupted. */
    private static final Duration AS_LONG_AS_IT_TAKES = Duration.ofDays(365);

    private final CamelContext context;
    private final MembershipStore store;
    private final Set<String> destinations;
    private final Backlog backlog;
    private ResyncRun last; // guarded by this; null if there was none

    /**
     * @param context ends a resync when it stops
     * @param store the store with the states
     * @param destinations ids of the configured destinations
     * @param backlog counts the states
     */
    public Resync(CamelContext context, MembershipStore store, Set<String> destinations, Backlog backlog) {
        this.context = context;
        this.store = store;
        this.destinations = Set.copyOf(destinations);
        this.backlog = backlog;
    }

    /**
     * Begins a resync.
     *
     * @param exchange the request, whose headers are removed; receives the run
     * @throws RefusedRequestException if a resync is running, or the request is invalid
     */
    public void start(Exchange exchange) throws RefusedRequestException {
        RequestQuery query = RequestQuery.of(exchange.getMessage(), PARAMETERS);
        String from = query.oneOf("destination", destinations);
        String to = query.oneOf("to", destinations);
        if (to != null && from == null) {
            throw new RefusedRequestException(
                    ProblemCode.QUERY_INVALID,
                    "With to=…, the query must also have destination=…, the destination whose states are sent.");
        }
        ResyncRun run = new ResyncRun(new StateQuery(query.get("audience"), null, query.get("contextKind"), from), to);
        synchronized (this) {
            if (last != null && last.isRunning()) {
                throw new RefusedRequestException(
                        ProblemCode.RESYNC_RUNNING,
                        "A resync is running. Wait for its end, or interrupt it with DELETE.");
            }
            last = run;
        }
        LOG.info("A resync begins: {}", run.progress());
        exchange.setProperty(RUN, run);
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 202);
        exchange.getMessage().setBody(run.progress());
    }

    /**
     * @param message the request, whose headers are removed; receives the progress of the last resync
     * @throws RefusedRequestException if the request is invalid
     */
    public void progress(Message message) throws RefusedRequestException {
        RequestQuery.of(message, Set.of());
        message.setBody(lastProgress());
    }

    /**
     * @param message the request, whose headers are removed; receives the progress of the interrupted resync
     * @throws RefusedRequestException if the request is invalid
     */
    public void interrupt(Message message) throws RefusedRequestException {
        RequestQuery.of(message, Set.of());
        ResyncRun run;
        synchronized (this) {
            run = last;
        }
        if (run != null) {
            run.interrupt();
        }
        message.setBody(lastProgress());
    }

    private synchronized Map<String, Object> lastProgress() {
        return last == null ? Map.of("running", false, "state", "none") : last.progress();
    }

    /**
     * Counts the states, if the store can do so in time.
     *
     * @param run a resync that begins
     */
    public void count(@ExchangeProperty(RUN) ResyncRun run) {
        try {
            run.of(store.count(run.query()));
        } catch (StoreAwayException e) {
            LOG.info("The number of states to send is not known: {}", e.getMessage());
        }
    }

    /**
     * Waits until there is room for another page.
     *
     * @param run the resync
     * @return whether the resync continues
     * @throws InterruptedException if the process ends
     */
    public boolean goesOn(@ExchangeProperty(RUN) ResyncRun run) throws InterruptedException {
        while (run.isRunning() && !run.isAtEnd()) {
            if (context.isStopping() || context.isStopped()) {
                run.interrupt();
            } else if (run.mustWait() || backlog.isFull()) {
                run.await(LOOK_AGAIN_MS);
            } else {
                return true;
            }
        }
        return false;
    }

    /**
     * Reads the next page, and opens a receipt over its states.
     *
     * @param run the resync
     * @param exchange receives the changes as its body; empty if the page cannot be read now
     * @throws InterruptedException if the process ends
     */
    public void nextPage(@ExchangeProperty(RUN) ResyncRun run, Exchange exchange) throws InterruptedException {
        exchange.removeProperty(PAGE_RECEIPT);
        exchange.getMessage().setBody(new ArrayList<>(0));
        ResyncRun.Page page = run.next();
        if (page == null) {
            return; // it has been interrupted
        }
        if (page.again()) {
            run.await(TRY_AGAIN_MS);
        }
        StatePage states;
        try {
            states = store.page(run.query(), page.after(), PAGE);
        } catch (StoreAwayException e) {
            run.notRead(page, e.getMessage());
            run.await(TRY_AGAIN_MS);
            return;
        }
        List<StoredState> sent = states.states().stream()
                .map(state -> run.to() == null ? state : state.of(run.to()))
                .filter(state -> destinations.contains(state.destination()))
                .toList();
        run.read(page, states.next(), states.states().size(), states.states().size() - sent.size());
        Receipt receipt = new Receipt(backlog, AS_LONG_AS_IT_TAKES);
        // Like a forced replay of a dead letter: a state is sent although it is known to be delivered.
        StateChanges changes = StateChanges.of(
                sent,
                receipt,
                new Replay(System.currentTimeMillis(), null, true, null, Map.of("resync", "membership store")));
        receipt.admitAlways(changes.size(), changes.heldBytes());
        run.handOn(page, receipt);
        exchange.setProperty(PAGE_RECEIPT, receipt);
        exchange.getMessage().setBody(changes.announced());
    }

    /** @param receipt the receipt of a page that has been sent; null if there was none */
    public void handedOn(@ExchangeProperty(PAGE_RECEIPT) Receipt receipt) {
        if (receipt != null) {
            receipt.intakeDone();
        }
    }

    /** @param run a resync that has come to its end, unless it has ended before */
    public void end(@ExchangeProperty(RUN) ResyncRun run) {
        run.done();
        LOG.info("A resync has ended: {}", run.progress());
    }

    /**
     * @param run a resync
     * @param receipt the receipt of the page that was to be sent, or null
     * @param caught the failure
     */
    public void failed(
            @ExchangeProperty(RUN) ResyncRun run,
            @ExchangeProperty(PAGE_RECEIPT) Receipt receipt,
            @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception caught) {
        LOG.error("A resync has failed.", caught);
        run.failed("Internal error: " + caught.getClass().getName());
        if (receipt != null) {
            receipt.giveUp(caught);
        }
    }
}
