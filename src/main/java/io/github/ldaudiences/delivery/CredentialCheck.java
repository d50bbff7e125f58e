package io.github.ldaudiences.delivery;

import java.util.HashSet;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates LaunchDarkly's answers to the checks of a destination's environment and token. They do not prove that the
 * token's role has the required actions: only a request does.
 */
public final class CredentialCheck {

    private static final Logger LOG = LoggerFactory.getLogger(CredentialCheck.class);

    private final Destination destination;
    private final DestinationHold hold;
    private final boolean sandboxed;

    private volatile boolean done;

    // Used by one exchange at a time: the route's timer has one thread.
    private boolean passed;
    private final Set<String> warnings = new HashSet<>();

    /**
     * @param destination what is checked
     * @param hold starts when the check fails, and may end when it succeeds
     * @param sandboxed whether the embedded sandbox answers instead of LaunchDarkly
     */
    public CredentialCheck(Destination destination, DestinationHold hold, boolean sandboxed) {
        this.destination = destination;
        this.hold = hold;
        this.sandboxed = sandboxed;
    }

    /**
     * @return whether to check now: at start, until there is a clear answer, and while this check holds the destination
     */
    public boolean isDue() {
        return !done || hold.isByCheck();
    }

    /** Checks again, because the destination has a new service token. */
    public void tokenChanged() {
        done = false;
    }

    /**
     * LaunchDarkly: {@code HEAD /sdk/goals/<client-side ID>} answers 200, or 404 if there is no such environment.
     *
     * @param status the status of the answer
     */
    public void environment(@Header(Exchange.HTTP_RESPONSE_CODE) int status) {
        passed = true;
        if (status == 404) {
            failed(404, "LaunchDarkly answered 404 for the environment.");
        } else if (status != 200) {
            undecided("the environment", "LaunchDarkly answered " + status);
        }
    }

    /**
     * LaunchDarkly: {@code GET /api/v2/versions} answers 200, or 401 or 403 if the token is not accepted.
     *
     * @param status the status of the answer
     */
    public void token(@Header(Exchange.HTTP_RESPONSE_CODE) int status) {
        if (status == 401 || status == 403) {
            // A token that may not even do this may do nothing.
            failed(401, "LaunchDarkly answered " + status + " for the service token.");
        } else if (status != 200) {
            undecided("the service token", "LaunchDarkly answered " + status);
        }
        if (!passed) {
            return;
        }
        hold.checkPassed();
        if (!done && !sandboxed) {
            LOG.info("Destination {}: LaunchDarkly knows the environment and the service token.", destination.id());
        }
        done = true;
    }

    /** @param exchange carries the reason why there was no answer */
    public void unanswered(Exchange exchange) {
        Throwable cause = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class);
        undecided("environment and service token", DeliveryFailure.of(cause).message());
    }

    private void failed(int status, String problem) {
        passed = false;
        done = true;
        hold.checkFailed(status, problem);
    }

    private void undecided(String what, String why) {
        passed = false;
        String warning = what + " could not be checked: " + why;
        if (warnings.add(warning)) {
            LOG.warn("Destination {}: {}.", destination.id(), warning);
        }
    }
}
