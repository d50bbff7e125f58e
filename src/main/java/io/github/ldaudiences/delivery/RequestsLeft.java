package io.github.ldaudiences.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The state of one of LaunchDarkly's rate limits, as reported by an answer.
 *
 * @param scope the limit: {@code global}, {@code route} or {@code token}
 * @param remaining requests that are left in the current window
 * @param limit the number of requests in a window, or {@link #UNKNOWN}
 */
public record RequestsLeft(String scope, long remaining, long limit) {

    /** The header is missing. */
    public static final long UNKNOWN = -1;

    /**
     * LaunchDarkly: {@code X-Ratelimit-…-Remaining} and {@code X-Ratelimit-…-Limit}, any of which may be missing.
     *
     * @param header finds a header's value by its name, or null
     * @return the limits whose remaining requests are reported, as a number from 0
     */
    static List<RequestsLeft> of(UnaryOperator<String> header) {
        List<RequestsLeft> told = new ArrayList<>(3);
        add(told, "global", "X-Ratelimit-Global", header);
        add(told, "route", "X-Ratelimit-Route", header);
        add(told, "token", "X-Ratelimit-Auth-Token", header);
        return told;
    }

    private static void add(List<RequestsLeft> told, String scope, String name, UnaryOperator<String> header) {
        long remaining = number(header.apply(name + "-Remaining"));
        if (remaining != UNKNOWN) {
            told.add(new RequestsLeft(scope, remaining, number(header.apply(name + "-Limit"))));
        }
    }

    private static long number(String text) {
        long number = RateLimitHeaders.number(text);
        return number < 0 ? UNKNOWN : number;
    }
}
