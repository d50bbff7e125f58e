package io.github.ldaudiences.batch;

import io.github.ldaudiences.mapping.Audience;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * Lets batches through in order, one at a time for each audience: the exchange goes on when its batch is at the head of
 * its audience's lane, and the next may go when this exchange has ended, its redeliveries included. No thread waits,
 * and one audience never waits for another.
 */
public final class AudienceLanes extends AsyncProcessorSupport {

    // Guarded by this. Holds the audiences that have a batch open, waiting or on its way, and no others.
    private final Map<String, Deque<Place>> lanes = new HashMap<>();

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
        Place place = ((Batch) exchange.getMessage().getBody()).place();
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                leave(place);
            }
        });
        synchronized (this) {
            if (lanes.get(place.lane).peekFirst() != place) {
                place.waiting = callback;
                return false;
            }
        }
        callback.done(true);
        return true;
    }

    private void leave(Place place) {
        AsyncCallback next = null;
        synchronized (this) {
            Deque<Place> lane = lanes.get(place.lane);
            lane.remove(place);
            if (lane.isEmpty()) {
                lanes.remove(place.lane);
            } else {
                next = lane.peekFirst().waiting;
            }
        }
        if (next != null) {
            next.done(false);
        }
    }

    /** The place of one batch in the lane of its audience. */
    static final class Place {

        private final String lane;
        private AsyncCallback waiting; // set when the batch is complete but not at the head

        private Place(String lane) {
            this.lane = lane;
        }
    }
}
