package io.github.ldaudiences.store;

import io.github.ldaudiences.batch.EarlierState;
import io.github.ldaudiences.batch.EarlierStates;
import io.github.ldaudiences.batch.StatesUnavailableException;
import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.mapping.MembershipChange;
import io.github.ldaudiences.secret.Secret;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest state of each person in each audience beyond the life of the process. A thread of its own writes
 * states in bulk, a moment after LaunchDarkly has accepted them, so events never wait for a write. While the store is
 * unavailable, delivery continues without its states, unless the store is required.
 */
public final class MembershipStore implements EarlierStates, StoredStates {

    private static final Logger LOG = LoggerFactory.getLogger(MembershipStore.class);

    private static final long WRITE_INTERVAL_MS = 500;
    private static final int MAX_WRITE = 20_000;

    /** The maximum number of states that wait for an unavailable store, each of about 300 bytes. */
    private static final int MAX_PENDING = 100_000;

    /** The time since when all states that LaunchDarkly has are in the store, in epoch milliseconds. */
    private static final String COMPLETE_SINCE = "complete-since";

    /** 1 while a process has the file open, or if it could not close it. */
    private static final String OPEN = "open";

    private final StoreDatabase database;
    private final boolean shared;
    private final boolean required;
    private final ScheduledExecutorService writer;
    private volatile long completeSince;
    private volatile String problem;

    private final Object lock = new Object();

    // Guarded by lock. The newest state by state key.
    private Map<String, StoredState> pending = new HashMap<>();
    private Map<String, StoredState> underWay = Map.of(); // being written, and not in the store yet
    private boolean lost; // a state could not be kept

    /**
     * @param database the database with the states
     * @param shared whether other processes write there, too
     * @param required whether nothing may be sent while states cannot be looked up
     * @param writer executes the writes, on one thread
     * @throws SQLException if the database does not answer
     */
    MembershipStore(StoreDatabase database, boolean shared, boolean required, ScheduledExecutorService writer)
            throws SQLException {
        this.database = database;
        this.shared = shared;
        this.required = required;
        this.writer = writer;
        long now = System.currentTimeMillis();
        completeSince = database.fact(COMPLETE_SINCE, now);
        if (!shared) {
            if (database.fact(OPEN, 0) == 1) {
                LOG.warn("The store was not closed, so it may lack the states of the last moment before the"
                        + " process ended. Repeats of earlier events are sent again.");
                completeSince = now;
                database.setFact(COMPLETE_SINCE, now);
            }
            database.setFact(OPEN, 1);
        }
        writer.scheduleWithFixedDelay(this::writePending, WRITE_INTERVAL_MS, WRITE_INTERVAL_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean isKept() {
        return true;
    }

    @Override
    public boolean isShared() {
        return shared;
    }

    /** @return the time since when all states that LaunchDarkly has are in the store, in epoch milliseconds */
    public long completeSince() {
        return completeSince;
    }

    @Override
    public Map<String, EarlierState> find(Collection<MembershipChange> changes) throws StatesUnavailableException {
        Map<String, EarlierState> found = new HashMap<>();
        Map<Audience, Set<String>> missing = new HashMap<>();
        synchronized (lock) {
            for (MembershipChange change : changes) {
                StoredState waiting = pending.getOrDefault(change.stateKey(), underWay.get(change.stateKey()));
                if (waiting != null) {
                    found.put(change.stateKey(), new EarlierState(waiting.member(), waiting.eventTime(), true));
                } else {
                    missing.computeIfAbsent(change.audience(), first -> new HashSet<>())
                            .add(change.contextKey());
                }
            }
        }
        if (missing.isEmpty()) {
            return found;
        }
        if (problem == null) {
            try {
                database.find(missing)
                        .forEach((stateKey, state) -> found.put(
                                stateKey,
                                new EarlierState(
                                        state.member(), state.eventTime(), state.deliveredAt() >= completeSince)));
                return found;
            } catch (SQLException e) {
                failed(e);
            }
        }
        if (required) {
            throw new StatesUnavailableException("the membership store does not answer");
        }
        return found;
    }

    @Override
    public StatePage page(StateQuery query, StateCursor after, int limit) throws StoreAwayException {
        if (after == null) {
            flush(); // includes what has just been delivered
        }
        return asked(() -> database.page(query, after, limit));
    }

    private interface Question<T> {
        T ask() throws SQLException;
    }

    private <T> T asked(Question<T> question) throws StoreAwayException {
        String away = problem;
        if (away != null) {
            throw new StoreAwayException(away);
        }
        try {
            return question.ask();
        } catch (SQLException e) {
            throw new StoreAwayException(failed(e));
        }
    }

    /**
     * @param query which states to count, of all people
     * @return the number of states
     * @throws StoreAwayException if the store does not answer
     */
    public long count(StateQuery query) throws StoreAwayException {
        flush();
        return asked(() -> database.count(query));
    }

    /**
     * Deletes states, including those that wait to be written.
     *
     * @param person the person
     * @return the number of deleted states
     * @throws StoreAwayException if the store does not answer
     */
    public int forget(StateQuery person) throws StoreAwayException {
        try {
            // On the writer thread, so that no write runs at the same time.
            return writer.submit(() -> {
                        writePending();
                        return asked(() -> database.delete(person));
                    })
                    .get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StoreAwayException away ? away : new StoreAwayException(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreAwayException("The process is stopping");
        }
    }

    @Override
    public void delivered(MembershipChange change) {
        Audience audience = change.audience();
        StoredState state = new StoredState(
                audience.destination(),
                audience.contextKind(),
                audience.id(),
                change.audienceKey(),
                change.contextKey(),
                change.member(),
                change.eventTime(),
                change.eventTime(),
                System.currentTimeMillis(),
                change.messageId());
        synchronized (lock) {
            if (pending.size() >= MAX_PENDING && !pending.containsKey(change.stateKey())) {
                lost = true;
            } else {
                pending.merge(
                        change.stateKey(),
                        state,
                        (known, newer) -> newer.eventTime() >= known.eventTime() ? newer.after(known) : known);
            }
        }
    }

    private void writePending() {
        try {
            boolean missing;
            Map<String, StoredState> taken;
            synchronized (lock) {
                taken = pending;
                underWay = taken;
                pending = new HashMap<>();
                missing = lost;
                lost = false;
            }
            boolean written = false;
            try {
                write(taken);
                if (missing) {
                    becomeCompleteNow();
                }
                written = true;
            } finally {
                synchronized (lock) {
                    underWay = Map.of();
                    if (!written) {
                        taken.forEach(pending::putIfAbsent);
                        lost |= missing;
                    }
                }
            }
            if (problem != null) {
                database.fact(COMPLETE_SINCE, completeSince);
                LOG.info("The store answers again.");
                problem = null;
            }
        } catch (SQLException e) {
            failed(e);
        } catch (RuntimeException e) {
            LOG.error("States could not be written to the store.", e);
        }
    }

    /** Always in the same order, so that processes that write the same people do not deadlock. */
    private void write(Map<String, StoredState> states) throws SQLException {
        List<Map.Entry<String, StoredState>> sorted = new ArrayList<>(states.entrySet());
        sorted.sort(Map.Entry.comparingByKey());
        for (int from = 0; from < sorted.size(); from += MAX_WRITE) {
            database.write(sorted.subList(from, Math.min(sorted.size(), from + MAX_WRITE)).stream()
                    .map(Map.Entry::getValue)
                    .toList());
        }
    }

    private void becomeCompleteNow() throws SQLException {
        long now = System.currentTimeMillis();
        database.setFact(COMPLETE_SINCE, now);
        completeSince = now;
        LOG.warn("Some states could not be kept while the store did not answer. Repeats of earlier events are sent"
                + " again.");
    }

    private String failed(SQLException e) {
        String why = "The store cannot be reached: " + Secret.maskIn(String.valueOf(e.getMessage()));
        if (problem == null) {
            LOG.warn(
                    "{}. {} The bundle keeps trying.",
                    why,
                    required ? "Events stay with their source until it answers." : "Delivery goes on without it.");
        }
        problem = why;
        return why;
    }

    /** @return why the store cannot be used now, or null if it can be used */
    public String problem() {
        return problem;
    }

    /** @return whether nothing is sent while the store is unavailable */
    public boolean isRequired() {
        return required;
    }

    /** @return the number of states that wait to be written */
    public int pending() {
        synchronized (lock) {
            return pending.size() + underWay.size();
        }
    }

    /**
     * Writes the states that wait. They are in the store when this returns, if the store answers.
     *
     * @return states of before the next write are in the store when this returns, if it answers
     */
    public void flush() {
        try {
            writer.submit(this::writePending).get();
        } catch (Exception e) {
            LOG.debug("States could not be written at once.", e);
        }
    }

    /** Writes the remaining states, and closes the store. */
    public void close() {
        flush();
        if (!shared && pending() == 0 && problem == null) {
            try {
                database.setFact(OPEN, 0);
            } catch (SQLException e) {
                failed(e);
            }
        }
        database.close();
    }
}
