package io.github.ldaudiences.delivery;

import io.github.ldaudiences.measure.Distribution;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Measures the requests to one destination: how many members they have, how long they take, and how old events are
 * then.
 */
public final class DestinationTraffic {

    /** Used in place of a status if no complete answer has arrived. */
    private static final String NO_ANSWER = "none";

    /**
     * The statuses that LaunchDarkly, or a proxy before it, is known to return, in addition to those that {@link
     * DeliveryFailure} tells apart. Others are counted by their class.
     */
    private static final Set<Integer> KNOWN =
            Set.of(200, 202, 204, 207, 302, 401, 403, 404, 405, 407, 500, 502, 503, 504);

    private final String destination;
    private final Distribution members = Distribution.ofSizes();
    private final Distribution eventSeconds = Distribution.ofSeconds();
    private final Map<String, Distribution> requestSeconds = new ConcurrentHashMap<>();
    private final LongAdder waitedNanos = new LongAdder();

    /** @param destination id of the destination */
    public DestinationTraffic(String destination) {
        this.destination = destination;
        // Registered from the start, so that the first answer counts as an increase.
        answers("204");
        answers(NO_ANSWER);
    }

    /** @return id of the destination */
    public String destination() {
        return destination;
    }

    /** @param size the number of members in a request that is about to be sent */
    void sends(int size) {
        members.add(size, 1);
    }

    /**
     * @param status LaunchDarkly's HTTP status, or 0 if no complete answer has arrived
     * @param nanos how long that took
     */
    void answered(int status, long nanos) {
        answers(name(status)).add(seconds(nanos), 1);
    }

    /** @param nanos how long a request has waited for a rate limit */
    void waited(long nanos) {
        waitedNanos.add(nanos);
    }

    /** @return an object to which the events of a batch that LaunchDarkly has just accepted are added */
    EventAges ages() {
        return new EventAges(eventSeconds, System.nanoTime());
    }

    private Distribution answers(String status) {
        return requestSeconds.computeIfAbsent(status, first -> Distribution.ofSeconds());
    }

    private static String name(int status) {
        if (status == 0) {
            return NO_ANSWER;
        }
        if (KNOWN.contains(status) || DeliveryFailure.isDecidedBy(status)) {
            return Integer.toString(status);
        }
        int statusClass = status / 100;
        return statusClass >= 1 && statusClass <= 5 ? statusClass + "xx" : "other";
    }

    static double seconds(long nanos) {
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /** @return the number of members of requests, in one distribution for all */
    public Distribution members() {
        return members;
    }

    /** @return how many requests have been sent */
    public long attempts() {
        return members.count();
    }

    /** @return seconds from when a source handed an event over until LaunchDarkly had accepted a change of it */
    public Distribution eventSeconds() {
        return eventSeconds;
    }

    /**
     * @return seconds from request to answer, by status: {@code 204} and other known statuses; {@code 2xx} and the like
     *     for unknown ones; {@code none} without an answer
     */
    public Map<String, Distribution> requestSeconds() {
        return new TreeMap<>(requestSeconds);
    }

    /** @return seconds that requests have waited for a rate limit */
    public double waitedSeconds() {
        return seconds(waitedNanos.sum());
    }
}
