package io.github.ldaudiences.batch;

import io.github.ldaudiences.event.Intake;
import io.github.ldaudiences.event.UndeliveredException;
import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.mapping.MembershipChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * Releases batches in order, one at a time for each audience. An exchange continues when its batch is at the head of
 * its audience's lane. The next batch may continue when that exchange has ended, redeliveries included. Waiting holds
 * no thread, and audiences do not wait for each other.
 *
 * <p>The contents of a request are decided just before it is sent: its batch then takes over as many members of the
 * batches behind it as fit. So requests are full when few can be sent, because of the throttle or because attempts
 * fail.
 */
public final class AudienceLanes extends AsyncProcessorSupport {

    // Guarded by this, like the contents of the batches in it. Holds only the audiences that have an open, waiting or
    // sent batch.
    private final Map<String, Lane> lanes = new HashMap<>();

    private final BatchLimits limits;
    private final Duration minWait;
    private final ScheduledExecutorService timer;
    private final Consumer<String> completeOpenBatch;

    /**
     * Creates lanes in which each batch waits until the aggregator completes it.
     *
     * @param limits how large a batch may be
     */
    public AudienceLanes(BatchLimits limits) {
        this(limits, Duration.ZERO, null, lane -> {});
    }

    /**
     * @param limits how large a batch may be
     * @param minWait the minimum time that a batch stays open, unless it is full
     * @param timer checks the batch again after that time; not needed for zero
     * @param completeOpenBatch completes the open batch of the audience with the given correlation key
     */
    public AudienceLanes(
            BatchLimits limits, Duration minWait, ScheduledExecutorService timer, Consumer<String> completeOpenBatch) {
        this.limits = limits;
        this.minWait = minWait;
        this.timer = timer;
        this.completeOpenBatch = completeOpenBatch;
    }

    /**
     * Opens a batch at the end of its audience's lane. The batch must be sent through this processor.
     *
     * @param audience the audience
     * @return an empty batch
     */
    synchronized Batch open(Audience audience) {
        String key = audience.correlationKey();
        Lane lane = lanes.getOrDefault(key, new Lane(key));
        Place place = new Place(audience, lane);
        if (!minWait.isZero()) {
            place.lookAgain = timer.schedule(() -> goOn(place), minWait.toMillis(), TimeUnit.MILLISECONDS);
        }
        lane.add(place);
        lanes.put(key, lane);
        return place.batch;
    }

    /**
     * Moves changes into an open batch until it is full. The batch waits until their intakes end.
     *
     * @param batch an open batch
     * @param changes changes of its audience, in order; those that were added are removed from the list
     * @param newest replaces a change's state by the newest known one; null if that state is unknown
     * @param fullAt how large the batch may be
     */
    synchronized void fill(
            Batch batch, Deque<MembershipChange> changes, UnaryOperator<MembershipChange> newest, BatchLimits fullAt) {
        do {
            add(batch, changes.removeFirst(), newest);
        } while (!changes.isEmpty() && !batch.isFull(fullAt));
    }

    /**
     * Moves changes into the open batches of their audiences, as far as there is room.
     *
     * @param changes changes of any audiences, in order; those that were added are removed from the list
     * @param newest replaces a change's state by the newest known one; null if that state is unknown
     * @param fullAt how large a batch may be
     */
    void fillOpen(List<MembershipChange> changes, UnaryOperator<MembershipChange> newest, BatchLimits fullAt) {
        Set<Place> filled = new HashSet<>();
        List<Place> complete;
        synchronized (this) {
            changes.removeIf(change -> {
                Lane lane = lanes.get(change.audience().correlationKey());
                Place last = lane == null ? null : lane.last();
                if (last == null || !last.open || last.batch.isFull(fullAt)) {
                    return false;
                }
                add(last.batch, change, newest);
                filled.add(last);
                return true;
            });
            complete = filled.stream()
                    .filter(place -> isComplete(place.batch, fullAt))
                    .toList();
        }
        complete.forEach(place -> completeOpenBatch.accept(place.lane.key()));
    }

    private static void add(Batch batch, MembershipChange arrived, UnaryOperator<MembershipChange> newest) {
        MembershipChange change = newest.apply(arrived);
        if (change != null) {
            batch.place().lane.entered(batch.add(change));
            batch.place().awaitEndOf(change.origin().intake());
        } else {
            // The newest state was known when the event was mapped, but has been forgotten since.
            arrived.origin().failed(new UndeliveredException("a newer state was delivered in the meantime"));
        }
    }

    /**
     * Lets a change join the last batch of its audience that has the person, if the batch has the same state or a newer
     * one.
     *
     * @param change a change that has arrived
     * @return whether it has joined, so that it is settled with that batch
     */
    synchronized boolean join(MembershipChange change) {
        Member underWay = underWay(change);
        return underWay != null && underWay.join(change);
    }

    /**
     * @param change a change that has not arrived
     * @return whether it could join
     */
    synchronized boolean canJoin(MembershipChange change) {
        Member underWay = underWay(change);
        return underWay != null && underWay.canJoin(change);
    }

    private Member underWay(MembershipChange change) {
        Lane lane = lanes.get(change.audience().correlationKey());
        return lane == null ? null : lane.newest(change.contextKey());
    }

    /**
     * @param batch an open batch
     * @param fullAt how large it may be
     * @return whether it can be completed: it is full, or it could be sent at once and no more changes are expected
     */
    synchronized boolean isComplete(Batch batch, BatchLimits fullAt) {
        return batch.isFull(fullAt) || isReady(batch.place());
    }

    private boolean isReady(Place place) {
        return place.open
                && place.lane.first() == place
                && place.intakes.isEmpty()
                && System.nanoTime() - place.openedNanos >= minWait.toNanos();
    }

    /** @return the number of audiences that have an open, waiting or sent batch */
    public synchronized int size() {
        return lanes.size();
    }

    /**
     * Inspects every event that is in a batch. The lock is taken for one audience at a time, so that batches continue
     * meanwhile.
     *
     * @return seconds since a source handed over the oldest event in the audience's batches, for each audience that has
     *     one
     */
    public Map<Audience, Double> oldestSeconds() {
        List<String> audiences;
        synchronized (this) {
            audiences = List.copyOf(lanes.keySet());
        }
        Map<Audience, Double> oldest = new HashMap<>();
        audiences.forEach(lane -> addOldestSeconds(lane, oldest));
        return oldest;
    }

    private synchronized void addOldestSeconds(String lane, Map<Audience, Double> oldest) {
        long now = System.nanoTime();
        for (Place place : lanes.getOrDefault(lane, new Lane(lane))) {
            for (Member member : place.batch.members()) {
                double seconds = (now - member.oldestNanos()) / (double) TimeUnit.SECONDS.toNanos(1);
                oldest.merge(place.batch.audience(), Math.max(0, seconds), Math::max);
            }
        }
    }

    /**
     * What is under way for an audience.
     *
     * @param audience the audience
     * @param audienceKey Segment's key of the audience, or null if its batches are empty
     * @param members the number of people in its batches
     * @param ageMs milliseconds since the first of its batches was opened
     * @param open whether that batch still accepts changes, and so has not been sent
     * @param attempts the number of requests that have been sent for it
     */
    public record UnderWay(
            Audience audience, String audienceKey, int members, long ageMs, boolean open, int attempts) {}

    /**
     * @param limit the maximum number
     * @return the audiences that have had batches for the longest time, the oldest first
     */
    public synchronized List<UnderWay> oldest(int limit) {
        long now = System.nanoTime();
        return lanes.values().stream()
                .sorted(Comparator.comparingLong(lane -> lane.first().openedNanos - now))
                .limit(limit)
                .map(lane -> underWay(lane, now))
                .toList();
    }

    private static UnderWay underWay(Lane lane, long now) {
        Batch first = lane.first().batch;
        Member member = first.members().stream().findFirst().orElse(null);
        return new UnderWay(
                first.audience(),
                member == null ? null : member.newest().audienceKey(),
                lane.size(),
                TimeUnit.NANOSECONDS.toMillis(now - lane.first().openedNanos),
                lane.first().open,
                member == null ? 0 : member.attempts().count());
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Batch batch = (Batch) exchange.getMessage().getBody();
        Place place = batch.place();
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                try {
                    // Whatever stopped the route, no source may wait for ever. Usually they have all ended already.
                    batch.end(origin -> origin.failed(new UndeliveredException("its delivery was cut short")));
                } finally {
                    leave(place);
                }
            }
        });
        synchronized (this) {
            place.close();
            if (place.lane.first() != place) {
                place.waiting = callback;
                return false;
            }
        }
        callback.done(true);
        return true;
    }

    /**
     * Decides what the next request of a batch carries. It adds members of the batches behind it, and removes members
     * that no source waits for. The route calls this directly before each attempt.
     *
     * @param batch the batch at the head of its lane, or a part of it, to which nothing is added
     */
    public void takeAlong(Batch batch) {
        List<AsyncCallback> emptied = new ArrayList<>();
        List<Member> over = new ArrayList<>();
        do {
            // Their events will be sent again, perhaps to another process, which may already have sent a newer state.
            over.addAll(giveUpUnawaited(batch));
        } while (batch.isWhole() && takeWhatWaitsBehind(batch, emptied));
        UndeliveredException outOfTime = new UndeliveredException("the deadline has passed");
        try {
            over.forEach(member -> member.end(origin -> origin.failed(outOfTime)));
        } finally {
            emptied.forEach(callback -> callback.done(false));
        }
    }

    /** @return the members that were removed from the batch, to be ended outside the lock */
    private List<Member> giveUpUnawaited(Batch batch) {
        // Outside the lock, because an event whose deadline has passed informs its source.
        List<Member> over = new ArrayList<>(batch.members());
        over.removeIf(Member::isAwaited);
        synchronized (this) {
            // A caller that has just been told so may have sent its event again, which has joined.
            over.removeIf(Member::isAwaitedAgain);
            batch.remove(over);
        }
        return over;
    }

    /** @return whether the batch has grown */
    private synchronized boolean takeWhatWaitsBehind(Batch head, List<AsyncCallback> emptied) {
        int sizeBefore = head.size();
        Iterator<Place> places = head.place().lane.iterator();
        places.next(); // the batch's own
        while (places.hasNext()) {
            Place place = places.next();
            head.takeFrom(place.batch, limits);
            if (place.batch.size() > 0) {
                break;
            }
            if (place.waiting != null) {
                places.remove();
                emptied.add(place.waiting);
            }
        }
        return head.size() > sizeBefore;
    }

    private void leave(Place place) {
        Place next;
        synchronized (this) {
            if (!place.lane.remove(place)) {
                return; // another batch had taken over all its members
            }
            next = place.lane.first();
            if (next == null) {
                lanes.remove(place.lane.key());
                return;
            }
        }
        goOn(next);
    }

    /** Sends a batch that is at the head of its lane, or completes it if it need not stay open. */
    private void goOn(Place place) {
        AsyncCallback waiting = null;
        boolean ready;
        synchronized (this) {
            ready = isReady(place);
            if (place.lane.first() == place) {
                waiting = place.waiting;
                place.waiting = null;
            }
        }
        if (waiting != null) {
            waiting.done(false);
        } else if (ready) {
            completeOpenBatch.accept(place.lane.key());
        }
    }

    /** The place of one batch in the lane of its audience. */
    final class Place implements Intake.Waiting {

        private final Lane lane;
        private final Batch batch;
        private final long openedNanos = System.nanoTime();
        private final Set<Intake> intakes = new HashSet<>(4);
        private boolean open = true;
        private Future<?> lookAgain; // runs after the minimum wait; null if there is none
        private AsyncCallback waiting; // set while the batch is complete but not at the head

        private Place(Audience audience, Lane lane) {
            this.lane = lane;
            this.batch = new Batch(audience, this);
        }

        Lane lane() {
            return lane;
        }

        Batch batch() {
            return batch;
        }

        long ageMs() {
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - openedNanos);
        }

        private void awaitEndOf(Intake intake) {
            if (intakes.add(intake) && !intake.await(this)) {
                intakes.remove(intake); // the intake has ended
            }
        }

        @Override
        public void ended(Intake intake) {
            synchronized (AudienceLanes.this) {
                intakes.remove(intake);
            }
            goOn(this);
        }

        /** Closes the batch for changes. */
        private void close() {
            open = false;
            if (lookAgain != null) {
                lookAgain.cancel(false); // otherwise the timer would keep the batch in memory
            }
            intakes.forEach(intake -> intake.forget(this));
            intakes.clear();
        }
    }
}
