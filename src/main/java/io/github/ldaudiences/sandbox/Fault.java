package io.github.ldaudiences.sandbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;

/**
 * A fault that the sandbox simulates.
 *
 * @param status HTTP status to answer instead of handling the request; 0 handles it; -1 drops the connection without an
 *     answer
 * @param headers headers to add to the answer, or null
 * @param body body of the answer, or null for an error body in LaunchDarkly's form
 * @param latencyMs how long to wait before the answer, in milliseconds
 * @param requests the number of requests that it applies to; 0 for all until it is cleared
 * @param fraction the fraction of these requests that it hits, from 0 to 1; 0 means all
 * @param cohortId the cohort that it applies to, or null for all
 * @param userId hits only requests with this member; null for all
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record Fault(
        int status,
        Map<String, String> headers,
        String body,
        long latencyMs,
        int requests,
        double fraction,
        String cohortId,
        String userId) {

    /**
     * @param status HTTP status to answer
     * @param requests the number of requests; 0 for all
     * @return the fault
     */
    public static Fault status(int status, int requests) {
        return new Fault(status, null, null, 0, requests, 0, null, null);
    }

    /**
     * @param part the fraction of the requests that it hits, from 0 to 1
     * @return the same fault for a fraction of the requests
     */
    public Fault inFraction(double part) {
        return new Fault(status, headers, body, latencyMs, requests, part, cohortId, userId);
    }

    /**
     * @param milliseconds how long to wait before the answer
     * @return the same fault with that delay
     */
    public Fault after(long milliseconds) {
        return new Fault(status, headers, body, milliseconds, requests, fraction, cohortId, userId);
    }

    /**
     * @param cohort the cohort that it applies to
     * @return the same fault, for that cohort only
     */
    public Fault forCohort(String cohort) {
        return new Fault(status, headers, body, latencyMs, requests, fraction, cohort, userId);
    }

    /**
     * @param user the member that it applies to
     * @return the same fault, for requests with that member only
     */
    public Fault forMember(String user) {
        return new Fault(status, headers, body, latencyMs, requests, fraction, cohortId, user);
    }
}
