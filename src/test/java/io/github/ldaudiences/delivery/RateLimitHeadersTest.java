package io.github.ldaudiences.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can stand in the headers of an answer, and what follows from it. */
@Tag("delivery")
class RateLimitHeadersTest {

    private static final int NONE = RateLimitHeaders.NONE;
    private static final long NOW = Instant.parse("2026-01-01T00:00:00.400Z").toEpochMilli();
    private static final String NOW_AS_DATE = "Thu, 1 Jan 2026 00:00:00 GMT";

    @Test
    void withoutHeadersNothingIsKnown() {
        assertThat(read()).isEqualTo(new RateLimitHeaders(NONE, NONE, NONE));
    }

    @ParameterizedTest
    @CsvSource({
        "7, 7000",
        "0, 0",
        "' 3 ', 3000",
        "'Thu, 1 Jan 2026 00:00:05 GMT', 4600",
        // over already
        "'Wed, 31 Dec 2025 23:59:00 GMT', 0",
    })
    void retryAfterIsSecondsOrADate(String value, long expectedMs) {
        assertThat(read("Retry-After", value).retryAfterMs()).isEqualTo(expectedMs);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "soon", "", "1.5", "99999999999999999999", "Someday, 1 Jan 2026 00:00:05 GMT"})
    void aRetryAfterThatMakesNoSenseIsNone(String value) {
        assertThat(read("Retry-After", value).retryAfterMs()).isEqualTo(NONE);
    }

    @Test
    void aRetryAfterOfYearsIsForTheCapAndDoesNotOverflow() {
        assertThat(read("Retry-After", Long.toString(Long.MAX_VALUE)).retryAfterMs())
                .isPositive();
    }

    @Test
    void theWindowWithTheFewestRequestsLeftCounts() {
        RateLimitHeaders headers = read(
                "X-Ratelimit-Global-Remaining", "50",
                "X-Ratelimit-Route-Remaining", "9",
                "X-Ratelimit-Auth-Token-Remaining", "3",
                "X-Ratelimit-Reset", at(8_000),
                "X-Ratelimit-Auth-Token-Reset", at(2_000));

        assertThat(headers).isEqualTo(new RateLimitHeaders(3, 2_000, NONE));
    }

    @Test
    void ofTwoThatAreUsedUpTheLaterEndCounts() {
        RateLimitHeaders headers = read(
                "X-Ratelimit-Route-Remaining",
                "0",
                "X-Ratelimit-Auth-Token-Remaining",
                "0",
                "X-Ratelimit-Reset",
                at(8_000),
                "X-Ratelimit-Auth-Token-Reset",
                at(2_000));

        assertThat(headers).isEqualTo(new RateLimitHeaders(0, 8_000, NONE));
    }

    @Test
    void anEndCountsThoughNobodySaysHowManyAreLeft() {
        assertThat(read("X-Ratelimit-Reset", at(4_000)).resetMs()).isEqualTo(4_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "0", "1767225600", "never", "4102444800000", "9223372036854775807", ""})
    void anEndThatIsLongAgoOrYearsAheadOrNoNumberIsNone(String value) {
        assertThat(read("X-Ratelimit-Reset", value, "X-Ratelimit-Route-Remaining", "0"))
                .isEqualTo(new RateLimitHeaders(0, NONE, NONE));
    }

    @ParameterizedTest
    @CsvSource({"-3, -1", "few, -1", "99999999999, 2147483647"})
    void aRemainderThatMakesNoSenseIsNone(String value, int expected) {
        assertThat(read("X-Ratelimit-Route-Remaining", value).remaining()).isEqualTo(expected);
    }

    @Test
    void ifTheClocksDifferTheEndIsCountedByTheirs() {
        // Ours is an hour and a half behind: by it, the end would be beyond belief.
        long theirs = NOW + 5_400_000;

        RateLimitHeaders headers =
                read("Date", "Thu, 1 Jan 2026 01:30:00 GMT", "X-Ratelimit-Reset", Long.toString(theirs + 3_000));

        assertThat(headers.resetMs()).isEqualTo(3_400); // their date has whole seconds
    }

    @Test
    void clocksThatAgreeAreNotCorrected() {
        assertThat(read("Date", NOW_AS_DATE, "X-Ratelimit-Reset", at(3_000)).resetMs())
                .isEqualTo(3_000);
    }

    private static String at(long fromNowMs) {
        return Long.toString(NOW + fromNowMs);
    }

    private static RateLimitHeaders read(String... headers) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            map.put(headers[i], headers[i + 1]);
        }
        return RateLimitHeaders.of(map::get, NOW);
    }
}
