package io.github.ldaudiences.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Counts requests in windows of fixed length, as LaunchDarkly's rate limit does, and refuses those above the limit. */
final class RateWindows {

    private final RateLimitSetting setting;

    // Guarded by this.
    private long window = -1;
    private int requests;
    private int refusedInWindow;
    private int refused;
    private int mostRefusedInAWindow;
    private int windows;

    RateWindows(RateLimitSetting setting) {
        this.setting = setting;
    }

    /**
     * Counts a request.
     *
     * @param nowMs epoch milliseconds
     * @param headers LaunchDarkly's rate-limit headers are added to these
     * @return whether the request is refused
     */
    synchronized boolean refuses(long nowMs, Map<String, String> headers) {
        long current = nowMs / setting.windowMs();
        if (current != window) {
            window = current;
            windows++;
            requests = 0;
            refusedInWindow = 0;
        }
        requests++;
        headers.put("X-Ratelimit-Route-Remaining", Integer.toString(Math.max(0, setting.requests() - requests)));
        headers.put("X-Ratelimit-Reset", Long.toString((current + 1) * setting.windowMs()));
        if (requests <= setting.requests()) {
            return false;
        }
        refused++;
        refusedInWindow++;
        mostRefusedInAWindow = Math.max(mostRefusedInAWindow, refusedInWindow);
        return true;
    }

    synchronized void report(ObjectNode stats) {
        stats.put("windows", windows);
        stats.put("rateLimited", refused);
        stats.put("mostRateLimitedInAWindow", mostRefusedInAWindow);
    }
}
