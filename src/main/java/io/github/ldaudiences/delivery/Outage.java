package io.github.ldaudiences.delivery;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks since when requests to a destination have failed. An outage begins with a request that fails, and ends with
 * one that LaunchDarkly accepts, or whose contents it rejects.
 */
public final class Outage {

    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

    private final Destination destination;
    private final long briefNanos;
    private final LongSupplier nanoTime;

    // Guarded by this.
    private DeliveryFailure last; // null while requests succeed
    private Instant since;
    private long sinceNanos;
    private long failures;
    private String lastError; // kept when requests succeed again
    private Instant lastErrorTime;

    /**
     * @param destination the destination
     * @param brief how long requests may fail before that counts as a problem: a rate limit may last as long
     */
    public Outage(Destination destination, Duration brief) {
        this(destination, brief, System::nanoTime);
    }

    Outage(Destination destination, Duration brief, LongSupplier nanoTime) {
        this.destination = destination;
        this.briefNanos = brief.toNanos();
        this.nanoTime = nanoTime;
    }

    /** @param failure why a request has failed */
    synchronized void failed(DeliveryFailure failure) {
        if (last == null) {
            since = Instant.now().truncatedTo(ChronoUnit.SECONDS);
            sinceNanos = nanoTime.getAsLong();
            failures = 0;
        }
        last = failure;
        lastError = failure.message();
        lastErrorTime = Instant.now();
        failures++;
    }

    /** Records that a request has succeeded. */
    synchronized void ended() {
        if (isProblem()) {
            LOG.info(
                    "Destination {} accepts requests again; {} had failed since {}.",
                    destination.id(),
                    failures,
                    since);
        }
        last = null;
    }

    /** @return when the first request since the last success failed, or null if the last one succeeded */
    synchronized Instant since() {
        return last == null ? null : since;
    }

    /** @return why the last failed request failed, in a sentence without secrets; null if none has failed */
    synchronized String lastError() {
        return lastError;
    }

    /** @return when that was, or null */
    synchronized Instant lastErrorTime() {
        return lastErrorTime;
    }

    /** @return seconds since the first failure, or 0 while requests succeed */
    public synchronized double seconds() {
        return last == null ? 0 : nanos() / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /**
     * @return what fails, since when, what happens next and what to do; null if nothing fails, or only briefly so far
     */
    synchronized String problem() {
        return isProblem()
                ? "Destination " + destination.id() + " has taken no request since " + since + ": " + failures
                        + " failed, the last because " + last.message() + ". Sources keep their events, which are sent"
                        + " again until LaunchDarkly takes them. " + advice(last.status())
                : null;
    }

    private boolean isProblem() {
        return last != null && nanos() > briefNanos;
    }

    private long nanos() {
        return nanoTime.getAsLong() - sinceNanos;
    }

    private String advice(int status) {
        if (status == 0) {
            return "Check that this process can reach "
                    + URI.create(destination.apiUrl()).getAuthority()
                    + ": network, name resolution, forward proxy and firewall.";
        }
        if (status == 429) {
            return "Find out what else uses the service token (audiences.destination." + destination.id()
                    + ".service-token), or lower audiences.delivery.max-requests.";
        }
        return "See status.launchdarkly.com; if there is no incident, ask LaunchDarkly's support.";
    }
}
