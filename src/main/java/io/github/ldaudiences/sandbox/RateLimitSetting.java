package io.github.ldaudiences.sandbox;

/**
 * A rate limit for the sandbox, of the kind that LaunchDarkly has.
 *
 * @param requests how many requests a window takes, at least 1
 * @param windowMs how long a window is, in milliseconds, at least 1; LaunchDarkly's are of 10,000
 */
public record RateLimitSetting(int requests, long windowMs) {

    /** @throws IllegalArgumentException if either is less than 1 */
    public RateLimitSetting {
        if (requests < 1 || windowMs < 1) {
            throw new IllegalArgumentException("requests and windowMs must be at least 1");
        }
    }
}
