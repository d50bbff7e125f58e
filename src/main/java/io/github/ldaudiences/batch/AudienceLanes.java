package io.github.ldaudiences.batch;

import io.github.ldaudiences.mapping.Audience;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * Lets batches through in order, one at a time for each audience: the exchange goes on when its batch is at the head of
 * its audience's lane, and the next may go when this exchange has ended, its redeliveries included. No thread waits,
 * and one audience never waits for another.
 *
 * <p>A batch whose turn has come takes along what waits behind it, as much as fits: where requests are few, because of
 * the throttle or because attempts fail, they are full. A batch of which nothing is left goes on with no members.
 */
public final class AudienceLanes extends AsyncProcessorSupport {

    // Guarded by this. Holds the audiences that have a batch open, waiting or on its way, and no others.
    private final Map<String, Deque<Place>> lanes = new HashMap<>();

    private final BatchLimits limits;

    /** @param limits how large a batch may be */
    public AudienceLanes(BatchLimits limits) {
        this.limits = limits;
    }

    /**
     * Takes the next place in an audience's lane, for a batch that has just been opened.
     *
     * @param audience the audience
     * @return the place, which must be left by sending the batch through this processor
     */
    synchronized Place takePlace(Audience audience) {
        Place place = new Place(audience.correlationKey());
        lanes.computeIfAbsent(place.lane, lane -> new ArrayDeque<>(2)).add(place);
        return place;
    }

    /** @return audiences that have a batch open, waiting or on its way */
    public synchronized int size() {
        return lanes.size();
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
            if (lanes.get(place.lane).peekFirst() != place) {
                place.batch = batch;
                place.waiting = callback;
                return false;
            }
        }
        callback.done(true);
        return true;
    }

    private void leave(Place place) {
        List<AsyncCallback> next = new ArrayList<>(1);
        synchronized (this) {
            Deque<Place> lane = lanes.get(place.lane);
            if (lane == null || !lane.remove(place)) {
                return; // others had taken all of it along
            }
            if (lane.isEmpty()) {
                lanes.remove(place.lane);
            } else if (lane.peekFirst().waiting != null) {
                next.add(lane.peekFirst().waiting);
                takeAlong(lane, next);
            }
        }
        next.forEach(callback -> callback.done(false));
    }

    /** Fills the first batch with what waits behind it; this lock is held. */
    private void takeAlong(Deque<Place> lane, List<AsyncCallback> ended) {
        Iterator<Place> places = lane.iterator();
        Batch first = places.next().batch;
        while (places.hasNext()) {
            Place place = places.next();
            if (place.waiting == null) {
                return; // still open
            }
            first.takeFrom(place.batch, limits);
            if (place.batch.size() > 0) {
                return;
            }
            places.remove();
            ended.add(place.waiting);
        }
    }

    /** The place of one batch in the lane of its audience. */
    static final class Place {

        private final String lane;
        private Batch batch; // set together with the next
        private AsyncCallback waiting; // set when the batch is complete but not at the head

        private Place(String lane) {
            this.lane = lane;
        }
    }
}
