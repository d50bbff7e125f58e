package io.github.ldaudiences.sandbox;

/**
 * A rate limit of the sandbox, of the same kind as LaunchDarkly's.
 *
 * @param requests the number of requests in a window, at least 1
 * @param windowMs the length of a window in milliseconds, at least 1; LaunchDarkly's is 10,000
 */
public record RateLimitSetting(int requests, long windowMs) {

    /** @throws IllegalArgumentException if either is less than 1 */
    public RateLimitSetting {
        if (requests < 1 || windowMs < 1) {
            throw new IllegalArgumentException("requests and windowMs must be at least 1");
        }
    }
}
