package io.github.ldaudiences.delivery;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.function.UnaryOperator;

/**
 * The headers of an answer that say when the next request may be sent. Any of them may be missing; invalid ones count
 * as missing.
 *
 * @param remaining the number of requests left in the window that has the fewest, or {@link #NONE}
 * @param resetMs milliseconds until that window ends, or {@link #NONE}
 * @param retryAfterMs milliseconds to wait, or {@link #NONE}
 */
public record RateLimitHeaders(int remaining, long resetMs, long retryAfterMs) {

    /** The header is missing. */
    public static final int NONE = -1;

    /** LaunchDarkly: a window lasts ten seconds. An end that is further away comes from a wrong clock. */
    private static final long MAX_RESET_MS = Duration.ofHours(1).toMillis();

    /** Clocks that differ by less count as equal: the header has whole seconds. */
    private static final long SAME_CLOCK_MS = 2_000;

    /** One of LaunchDarkly's limits. */
    private record Window(int remaining, long resetMs) {}

    /**
     * LaunchDarkly: {@code X-Ratelimit-…-Remaining}, {@code X-Ratelimit-Reset} and {@code X-Ratelimit-Auth-Token-Reset}
     * in epoch milliseconds, {@code Retry-After} in seconds or as a date.
     *
     * @param header finds a header's value by its name, or null
     * @param nowMs the local clock, in epoch milliseconds
     * @return the parsed headers
     */
    public static RateLimitHeaders of(UnaryOperator<String> header, long nowMs) {
        long theirNowMs = theirClock(header.apply("Date"), nowMs);
        long resetMs = reset(header.apply("X-Ratelimit-Reset"), theirNowMs);
        Window[] windows = {
            new Window(remaining(header.apply("X-Ratelimit-Global-Remaining")), resetMs),
            new Window(remaining(header.apply("X-Ratelimit-Route-Remaining")), resetMs),
            new Window(
                    remaining(header.apply("X-Ratelimit-Auth-Token-Remaining")),
                    reset(header.apply("X-Ratelimit-Auth-Token-Reset"), theirNowMs)),
        };
        int fewest = NONE;
        long until = NONE;
        for (Window window : windows) {
            boolean fewer = window.remaining() != NONE && (fewest == NONE || window.remaining() < fewest);
            if (fewer) {
                fewest = window.remaining();
                until = window.resetMs();
            } else if (window.remaining() == fewest) {
                until = Math.max(until, window.resetMs());
            }
        }
        return new RateLimitHeaders(fewest, until, retryAfter(header.apply("Retry-After"), theirNowMs));
    }

    private static long theirClock(String date, long nowMs) {
        long theirs = date(date);
        return theirs == NONE || Math.abs(theirs - nowMs) < SAME_CLOCK_MS ? nowMs : theirs;
    }

    private static int remaining(String text) {
        long number = number(text);
        return (int) Math.max(NONE, Math.min(number, Integer.MAX_VALUE));
    }

    private static long reset(String text, long theirNowMs) {
        long at = number(text);
        // A time long ago or far ahead is ignored. One that has just passed counts as now.
        return at < 0 || Math.abs(at - theirNowMs) > MAX_RESET_MS ? NONE : Math.max(0, at - theirNowMs);
    }

    private static long retryAfter(String text, long theirNowMs) {
        long seconds = number(text);
        if (seconds >= 0) {
            return Math.min(seconds, Integer.MAX_VALUE) * 1000;
        }
        long at = date(text);
        return at == NONE ? NONE : Math.max(0, at - theirNowMs);
    }

    static long number(String text) {
        try {
            return text == null ? NONE : Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            return NONE;
        }
    }

    private static long date(String text) {
        try {
            return text == null
                    ? NONE
                    : ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant()
                            .toEpochMilli();
        } catch (DateTimeException e) {
            return NONE;
        }
    }
}
