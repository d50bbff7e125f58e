package io.github.ldaudiences.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a destination is held because LaunchDarkly refuses its token or does not know its environment. Nothing is
 * lost: its batches wait, and one of them is tried from time to time. The hold ends when LaunchDarkly accepts one.
 */
public final class DestinationHold {

    private static final Logger LOG = LoggerFactory.getLogger(DestinationHold.class);

    private final Destination destination;
    private final long probeIntervalNanos;

    // Guarded by this.
    private String problem;
    private Instant since; // when it began
    private boolean byCheck;
    private long nextProbeNanos;
    private int token; // how many there have been before

    /**
     * @param destination the destination
     * @param probeInterval how long to wait between attempts while it is held
     */
    public DestinationHold(Destination destination, Duration probeInterval) {
        this.destination = destination;
        this.probeIntervalNanos = probeInterval.toNanos();
    }

    /** @return id of the destination */
    public String destination() {
        return destination.id();
    }

    /** @return what is wrong and how to fix it, in a sentence or two; null if nothing is wrong */
    public synchronized String problem() {
        return problem;
    }

    /** @return since when it is held, or null if it is not */
    synchronized Instant since() {
        return problem == null ? null : since;
    }

    /** @return whether it is held */
    public synchronized boolean isHeld() {
        return problem != null;
    }

    /**
     * Asks to make one attempt now.
     *
     * @return 0 if the attempt may be made; otherwise the milliseconds after which to ask again
     */
    synchronized long tryEnter() {
        long now = System.nanoTime();
        if (problem == null) {
            return 0;
        }
        if (now - nextProbeNanos < 0) {
            return TimeUnit.NANOSECONDS.toMillis(nextProbeNanos - now) + 1;
        }
        nextProbeNanos = now + probeIntervalNanos;
        return 0;
    }

    /** Allows an attempt at once, because the destination has a new service token. */
    public synchronized void tokenChanged() {
        token++;
        nextProbeNanos = System.nanoTime();
    }

    /** @return the version of the service token */
    synchronized int token() {
        return token;
    }

    /**
     * @param failure LaunchDarkly's answer to a batch, of the kind {@code REFUSED_ACCESS}
     * @param triedToken {@link #token()} when the attempt began: the refusal of a replaced token is ignored
     */
    synchronized void refused(DeliveryFailure failure, int triedToken) {
        if (triedToken != token) {
            return;
        }
        nextProbeNanos = System.nanoTime() + probeIntervalNanos;
        hold(failure.reason() + ". " + advice(destination, failure.status()), false);
    }

    /** @param problem the result of the credential check, as a sentence; the next attempt is allowed at once */
    synchronized void checkFailed(int status, String problem) {
        if (this.problem == null) {
            nextProbeNanos = System.nanoTime();
        }
        hold(problem + " " + advice(destination, status), true);
    }

    /**
     * @return whether the credential check has begun the hold, and may end it; only a request ends a hold that a
     *     request began
     */
    synchronized boolean isByCheck() {
        return byCheck;
    }

    /** Ends a hold that the credential check has begun: the check found no problem. */
    synchronized void checkPassed() {
        if (byCheck) {
            taken();
        }
    }

    /**
     * Ends the hold: LaunchDarkly has accepted a batch, or rejected its contents, so the token and the environment are
     * right.
     */
    synchronized void taken() {
        if (problem != null) {
            problem = null;
            byCheck = false;
            LOG.info("Destination {} is no longer held.", destination.id());
        }
    }

    private void hold(String newProblem, boolean check) {
        byCheck = check;
        if (problem == null) {
            since = Instant.now();
        }
        if (!newProblem.equals(problem)) {
            problem = newProblem;
            LOG.warn(
                    "Destination {} is held: {} Its events stay with their source, and one batch is tried from time to time.",
                    destination.id(),
                    problem);
        }
    }

    /** @return a sentence that says what to fix after this answer of LaunchDarkly */
    static String advice(Destination destination, int status) {
        String keys = "audiences.destination." + destination.id() + ".";
        String environment = "client-side ID " + destination.clientSideId() + " (" + keys + "client-side-id)";
        return switch (status) {
            case 401 -> "Set a service token that is valid: " + keys + "service-token.";
            case 403 ->
                "The role of the service token (" + keys + "service-token) needs the actions createSegment and"
                        + " updateIncluded in the environment with the " + environment + ".";
            case 404 ->
                "Set the " + environment
                        + " of an environment that exists, and the host that it is on (" + keys
                        + "api-url and sdk-url).";
            default ->
                "The answer is not from LaunchDarkly's API: check " + keys
                        + "api-url, which is " + destination.apiUrl()
                        + ".";
        };
    }
}
