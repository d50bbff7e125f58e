package io.github.ldaudiences.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When the next request with a token may go. */
@Tag("delivery")
class RateLimitTest {

    private static final int NONE = RateLimitHeaders.NONE;
    private static final RateLimitHeaders SILENT = new RateLimitHeaders(NONE, NONE, NONE);

    /** The clock of these tests: it stands still unless told. */
    private long nowMs = 1_000_000;

    private final RateLimit limit = new RateLimit(200, 30_000, () -> TimeUnit.MILLISECONDS.toNanos(nowMs));

    @Test
    void atFirstOneGoesAheadAlone() {
        assertThat(limit.tryEnter()).isZero();
        assertThat(limit.tryEnter()).isPositive();
    }

    @Test
    void afterAnAnswerWithoutLimitsAnyNumberGoes() {
        enter(1);
        limit.answered(204, SILENT);
        enter(50);
    }

    @Test
    void theOthersDoNotWaitForALongAnswer() {
        enter(1);
        nowMs += 600;
        enter(1);
        assertThat(limit.tryEnter()).isPositive();
    }

    @Test
    void noMoreAreUnderWayThanAreLeft() {
        enter(1);
        limit.answered(204, left(3, 10_000));
        enter(3);
        assertThat(limit.tryEnter()).isPositive();
        limit.answered(204, left(2, 10_000));
        assertThat(limit.tryEnter()).as("two others may be counted or not").isPositive();
        limit.answered(204, left(1, 10_000));
        assertThat(limit.tryEnter()).isPositive();
        limit.answered(204, left(0, 10_000));
        nowMs += 9_999;
        assertThat(limit.tryEnter()).isPositive();
        nowMs += 1_500;
        enter(1);
    }

    @Test
    void whenFewAreLeftTheyAreSpreadOverTheRestOfTheWindow() {
        enter(1);
        limit.answered(204, left(4, 10_000));

        assertThat(limit.pauseMs()).isBetween(2_400L, 2_600L);
        nowMs += 2_600;
        assertThat(limit.pauseMs()).isZero();
        enter(1);
        assertThat(limit.pauseMs()).as("the next comes later").isPositive();
        nowMs += 7_500;
        assertThat(limit.pauseMs()).as("the window is over").isZero();
    }

    @Test
    void afterAPauseOneGoesAtOnceAlthoughFewAreLeft() {
        enter(1);
        limit.answered(204, left(4, 10_000));
        nowMs += 5_000;

        assertThat(limit.pauseMs()).isZero();
    }

    @Test
    void requestsThatWaitAreSentInTheOrderInWhichTheyAsked() {
        enter(1);
        limit.answered(204, left(4, 10_000));
        assertThat(limit.waitMs("first")).isPositive();
        assertThat(limit.waitMs("second")).isPositive();
        nowMs += 2_600;

        assertThat(limit.waitMs("new")).isPositive();
        assertThat(limit.waitMs("second")).isPositive();
        assertThat(limit.waitMs("first")).isZero();
        enter(1);
        limit.leaveLine("first");
        nowMs += 2_600;
        assertThat(limit.waitMs("new")).isPositive();
        assertThat(limit.waitMs("second")).isZero();

        limit.leaveLine("second"); // it is not sent after all
        assertThat(limit.waitMs("new")).isZero();
    }

    @Test
    void aRequestThatNeedNotWaitIsInNobodysWay() {
        enter(1);
        limit.answered(204, left(400, 10_000));

        assertThat(limit.waitMs("slow")).isZero();
        assertThat(limit.waitMs("quick")).isZero();
    }

    @Test
    void whenManyAreLeftNoneWaits() {
        enter(1);
        limit.answered(204, left(400, 10_000));
        enter(50);

        assertThat(limit.pauseMs()).isZero();
    }

    @Test
    void noPauseIsLongerThanTheLongestWait() {
        enter(1);
        limit.answered(204, left(2, 3_600_000));

        assertThat(limit.pauseMs()).isLessThanOrEqualTo(30_001);
    }

    @Test
    void anAnswerThatWasOvertakenDoesNotRaiseWhatIsLeft() {
        enter(1);
        limit.answered(204, left(4, 10_000));
        enter(4);
        limit.answered(204, left(1, 10_000));
        limit.answered(204, left(2, 10_000));
        limit.answered(204, left(3, 10_000));
        assertThat(limit.tryEnter()).isPositive();
        limit.answered(204, left(3, 10_000));
        enter(1);
        assertThat(limit.tryEnter()).as("one was left").isPositive();
    }

    @Test
    void aWindowThatMovesOnDoesNotKeepWhatIsLeftLowForEver() {
        enter(1);
        limit.answered(204, left(1, 1_000));
        nowMs += 600;
        enter(1);
        limit.answered(204, left(50, 1_000));
        nowMs += 600;
        enter(1);
        limit.answered(204, left(50, 1_000));
        enter(50);
    }

    @Test
    void whenAWindowEndsOneGoesAheadAlone() {
        enter(1);
        limit.answered(204, left(5, 1_000));
        nowMs += 1_001;
        enter(1);
        assertThat(limit.tryEnter()).isPositive();
        limit.answered(204, left(5, 1_000));
        enter(5);
    }

    @Test
    void noneLeftOnASuccessHoldsTheNextUntilTheEndOfTheWindow() {
        enter(1);
        limit.answered(204, left(0, 7_000));
        nowMs += 7_000;
        assertThat(limit.tryEnter()).isPositive();
        nowMs += 1_000;
        enter(1);
    }

    @Test
    void aRefusalHoldsAsLongAsItAsks() {
        enter(1);
        limit.answered(429, new RateLimitHeaders(NONE, NONE, 5_000));
        nowMs += 5_000;
        assertThat(limit.tryEnter()).isPositive();
        nowMs += 1_000;
        enter(1);
        assertThat(limit.tryEnter()).as("one goes ahead").isPositive();
        assertThat(limit.refused()).isEqualTo(1);
    }

    @Test
    void ofRetryAfterAndTheEndOfTheWindowTheLaterCounts() {
        enter(1);
        limit.answered(429, new RateLimitHeaders(0, 8_000, 1_000));
        nowMs += 8_000;
        assertThat(limit.tryEnter()).isPositive();
    }

    @Test
    void aRefusalThatDoesNotSayHowLongHoldsLongerEachTime() {
        enter(1);
        limit.answered(429, SILENT);
        assertThat(limit.tryEnter()).isBetween(200L, 350L);
        nowMs += 400;
        enter(1);
        limit.answered(429, SILENT);
        assertThat(limit.tryEnter()).isBetween(400L, 600L);
    }

    @Test
    void nothingHoldsLongerThanTheCap() {
        enter(1);
        limit.answered(503, new RateLimitHeaders(NONE, NONE, 86_400_000));
        nowMs += 30_001;
        enter(1);
    }

    @Test
    void aShorterHoldDoesNotEndALongerOne() {
        enter(1);
        limit.answered(204, SILENT);
        enter(2);
        limit.answered(429, new RateLimitHeaders(NONE, NONE, 20_000));
        limit.answered(429, new RateLimitHeaders(NONE, NONE, 1_000));
        nowMs += 19_999;
        assertThat(limit.tryEnter()).isPositive();
    }

    @Test
    void aRequestWithoutAnAnswerCountsAsOneOfThoseLeft() {
        enter(1);
        limit.answered(204, left(2, 10_000));
        enter(1);
        limit.unanswered();
        enter(1);
        assertThat(limit.tryEnter()).isPositive();
    }

    @Test
    void leaveThatIsNotUsedIsGivenBack() {
        enter(1);
        limit.answered(204, left(1, 10_000));
        enter(1);
        limit.notSent();
        enter(1);
        assertThat(limit.tryEnter()).isPositive();
    }

    @Test
    void retryAfterOnASuccessHoldsNothing() {
        enter(1);
        limit.answered(204, new RateLimitHeaders(NONE, NONE, 5_000));
        enter(1);
    }

    private void enter(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(limit.tryEnter()).isZero();
        }
    }

    private static RateLimitHeaders left(int remaining, long resetMs) {
        return new RateLimitHeaders(remaining, resetMs, NONE);
    }
}
