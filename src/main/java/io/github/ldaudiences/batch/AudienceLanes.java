package io.github.ldaudiences.batch;

import io.github.ldaudiences.event.Intake;
import io.github.ldaudiences.event.UndeliveredException;
import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.mapping.MembershipChange;
import java.time.Duration;
import java.util.ArrayDeque;
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
 * Lets batches through in order, one at a time for each audience: the exchange goes on when its batch is at the head of
 * its audience's lane, and the next may go when this exchange has ended, its redeliveries included. No thread waits,
 * and one audience never waits for another.
 *
 * <p>What a request carries is decided when it is about to be sent: then its batch takes along what waits behind it, as
 * much as fits. So requests are full where they are few, because of the throttle or because attempts fail.
 */
public final class AudienceLanes extends AsyncProcessorSupport {

    private static final Deque<Place> NOTHING = new ArrayDeque<>(0);

    // Guarded by this, as the contents of the batches in it are. Holds the audiences that have a batch open, waiting or
    // on its way, and no others.
    private final Map<String, Deque<Place>> lanes = new HashMap<>();

    private final BatchLimits limits;
    private final Duration minWait;
    private final ScheduledExecutorService timer;
    private final Consumer<String> completeOpenBatch;

    /**
     * Makes lanes in which each batch waits until the aggregator completes it.
     *
     * @param limits how large a batch may be
     */
    public AudienceLanes(BatchLimits limits) {
        this(limits, Duration.ZERO, null, lane -> {});
    }

    /**
     * @param limits how large a batch may be
     * @param minWait how long a batch stays open at least, unless it is full
     * @param timer looks again when that is over; not needed for zero
     * @param completeOpenBatch completes the open batch of an audience, whose correlation key it is given
     */
    public AudienceLanes(
            BatchLimits limits, Duration minWait, ScheduledExecutorService timer, Consumer<String> completeOpenBatch) {
        this.limits = limits;
        this.minWait = minWait;
        this.timer = timer;
        this.completeOpenBatch = completeOpenBatch;
    }

    /**
     * Opens a batch, which takes the next place in its audience's lane. It must be sent through this processor.
     *
     * @param audience the audience
     * @return an empty batch
     */
    synchronized Batch open(Audience audience) {
        Place place = new Place(audience);
        if (!minWait.isZero()) {
            place.lookAgain = timer.schedule(() -> goOn(place), minWait.toMillis(), TimeUnit.MILLISECONDS);
        }
        lanes.computeIfAbsent(place.lane, lane -> new ArrayDeque<>(2)).add(place);
        return place.batch;
    }

    /**
     * Moves changes into an open batch until it is full. The batch waits for the end of their intakes.
     *
     * @param batch an open batch
     * @param changes of its audience, in order; those that are in the batch are removed
     * @param newest gives the newest state that is known in place of a change's own; null if that cannot be told
     * @param fullAt how large the batch may be
     */
    synchronized void fill(
            Batch batch, Deque<MembershipChange> changes, UnaryOperator<MembershipChange> newest, BatchLimits fullAt) {
        do {
            add(batch, changes.removeFirst(), newest);
        } while (!changes.isEmpty() && !batch.isFull(fullAt));
    }

    /**
     * Moves changes into the open batches of their audiences, as far as these have room.
     *
     * @param changes of any audiences, in order; those that are in a batch are removed
     * @param newest gives the newest state that is known in place of a change's own; null if that cannot be told
     * @param fullAt how large a batch may be
     */
    void fillOpen(List<MembershipChange> changes, UnaryOperator<MembershipChange> newest, BatchLimits fullAt) {
        Set<Place> filled = new HashSet<>();
        List<Place> complete;
        synchronized (this) {
            changes.removeIf(change -> {
                Deque<Place> lane = lanes.get(change.audience().correlationKey());
                Place last = lane == null ? null : lane.peekLast();
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
        complete.forEach(place -> completeOpenBatch.accept(place.lane));
    }

    private static void add(Batch batch, MembershipChange arrived, UnaryOperator<MembershipChange> newest) {
        MembershipChange change = newest.apply(arrived);
        if (change != null) {
            batch.add(change);
            batch.place().awaitEndOf(change.origin().intake());
        } else {
            // It could be told when the event was mapped, and has been forgotten in the moment since.
            arrived.origin().failed(new UndeliveredException("a newer state has come and gone meanwhile"));
        }
    }

    /**
     * Lets a change join the last batch of its audience that has the person, if that brings the same state or a newer
     * one.
     *
     * @param change a change that has arrived
     * @return whether it has joined, and is settled with that batch
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
        Deque<Place> lane = lanes.get(change.audience().correlationKey());
        if (lane != null) {
            for (Iterator<Place> places = lane.descendingIterator(); places.hasNext(); ) {
                Member member = places.next().batch.member(change.contextKey());
                if (member != null) {
                    return member;
                }
            }
        }
        return null;
    }

    /**
     * @param batch an open batch
     * @param fullAt how large it may be
     * @return whether it need not stay open: it is full, or it could go at once and nothing more is at hand for it
     */
    synchronized boolean isComplete(Batch batch, BatchLimits fullAt) {
        return batch.isFull(fullAt) || isReady(batch.place());
    }

    private boolean isReady(Place place) {
        Deque<Place> lane = lanes.get(place.lane);
        return place.open
                && lane != null
                && lane.peekFirst() == place
                && place.intakes.isEmpty()
                && System.nanoTime() - place.openedNanos >= minWait.toNanos();
    }

    /** @return audiences that have a batch open, waiting or on its way */
    public synchronized int size() {
        return lanes.size();
    }

    /**
     * Looks at every event that is in a batch. The lock is taken once for each audience, so that batches go on meanwhile.
     *
     * @return seconds since a source handed over the oldest event that is under way, for each audience that has one
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
        for (Place place : lanes.getOrDefault(lane, NOTHING)) {
            for (Member member : place.batch.members()) {
                double seconds = (now - member.oldestNanos()) / (double) TimeUnit.SECONDS.toNanos(1);
                oldest.merge(place.batch.audience(), Math.max(0, seconds), Math::max);
            }
        }
    }

    /**
     * What an audience has under way.
     *
     * @param audience the audience
     * @param audienceKey Segment's key of it, or null if nobody is in its batches any more
     * @param members people in its batches
     * @param ageMs milliseconds since the first of its batches was opened
     * @param open whether that batch still takes changes, and so has not been sent
     * @param attempts requests that have been sent for it
     */
    public record UnderWay(
            Audience audience, String audienceKey, int members, long ageMs, boolean open, int attempts) {}

    /**
     * @param limit how many at most
     * @return the audiences that have had something under way for the longest, the oldest first
     */
    public synchronized List<UnderWay> oldest(int limit) {
        long now = System.nanoTime();
        return lanes.values().stream()
                .sorted(Comparator.comparingLong(lane -> lane.getFirst().openedNanos - now))
                .limit(limit)
                .map(lane -> underWay(lane, now))
                .toList();
    }

    private static UnderWay underWay(Deque<Place> lane, long now) {
        Batch first = lane.getFirst().batch;
        Member member = first.members().stream().findFirst().orElse(null);
        return new UnderWay(
                first.audience(),
                member == null ? null : member.newest().audienceKey(),
                lane.stream().mapToInt(place -> place.batch.size()).sum(),
                TimeUnit.NANOSECONDS.toMillis(now - lane.getFirst().openedNanos),
                lane.getFirst().open,
                member == null ? 0 : member.attempts().count());
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Batch batch = (Batch) exchange.getMessage().getBody();
        Place place = batch.place();
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                leave(place);
            }
        });
        synchronized (this) {
            place.close();
            if (lanes.get(place.lane).peekFirst() != place) {
                place.waiting = callback;
                return false;
            }
        }
        callback.done(true);
        return true;
    }

    /**
     * Decides what the next request of a batch carries: what waits behind the batch is taken along, and what no source
     * waits for any more is left out. The route calls this right before each attempt.
     *
     * @param batch the batch at the head of its lane, or a part of it, which takes nothing along
     */
    public void takeAlong(Batch batch) {
        List<AsyncCallback> emptied = new ArrayList<>();
        List<Member> over = new ArrayList<>();
        do {
            // Their events come again, perhaps to another process, which may have sent a newer state already.
            over.addAll(giveUpUnawaited(batch));
        } while (batch.isWhole() && takeWhatWaitsBehind(batch, emptied));
        UndeliveredException outOfTime = new UndeliveredException("the deadline has passed");
        try {
            over.forEach(member -> member.end(origin -> origin.failed(outOfTime)));
        } finally {
            emptied.forEach(callback -> callback.done(false));
        }
    }

    /** @return the members that are no longer part of the batch, to be ended without the lock */
    private List<Member> giveUpUnawaited(Batch batch) {
        // Not under the lock: an event whose deadline has passed tells its source so.
        List<Member> over =
                batch.members().stream().filter(member -> !member.isAwaited()).toList();
        synchronized (this) {
            batch.remove(over);
        }
        return over;
    }

    /** @return whether the batch has become larger */
    private synchronized boolean takeWhatWaitsBehind(Batch head, List<AsyncCallback> emptied) {
        int sizeBefore = head.size();
        Iterator<Place> places = lanes.get(head.place().lane).iterator();
        places.next(); // its own
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
            Deque<Place> lane = lanes.get(place.lane);
            if (lane == null || !lane.remove(place)) {
                return; // another batch had taken all of it along
            }
            next = lane.peekFirst();
            if (next == null) {
                lanes.remove(place.lane);
                return;
            }
        }
        goOn(next);
    }

    /** Lets a batch go if it is at the head of its lane, or completes it if it need not stay open. */
    private void goOn(Place place) {
        AsyncCallback waiting = null;
        boolean ready;
        synchronized (this) {
            ready = isReady(place);
            Deque<Place> lane = lanes.get(place.lane);
            if (lane != null && lane.peekFirst() == place) {
                waiting = place.waiting;
                place.waiting = null;
            }
        }
        if (waiting != null) {
            waiting.done(false);
        } else if (ready) {
            completeOpenBatch.accept(place.lane);
        }
    }

    /** The place of one batch in the lane of its audience. */
    final class Place implements Intake.Waiting {

        private final String lane;
        private final Batch batch;
        private final long openedNanos = System.nanoTime();
        private final Set<Intake> intakes = new HashSet<>(4);
        private boolean open = true;
        private Future<?> lookAgain; // when the minimum wait is over; null if there is none
        private AsyncCallback waiting; // while the batch is complete but not at the head

        private Place(Audience audience) {
            this.lane = audience.correlationKey();
            this.batch = new Batch(audience, this);
        }

        long ageMs() {
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - openedNanos);
        }

        private void awaitEndOf(Intake intake) {
            if (intakes.add(intake) && !intake.await(this)) {
                intakes.remove(intake); // it has ended
            }
        }

        @Override
        public void ended(Intake intake) {
            synchronized (AudienceLanes.this) {
                intakes.remove(intake);
            }
            goOn(this);
        }

        /** Nothing more can be added. */
        private void close() {
            open = false;
            if (lookAgain != null) {
                lookAgain.cancel(false); // or the timer would keep the batch in memory
            }
            intakes.forEach(intake -> intake.forget(this));
            intakes.clear();
        }
    }
}
