package io.github.ldaudiences.event;

import static io.github.ldaudiences.fixture.AudienceEvent.SOURCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("event")
class ReceiptTest {

    private static final byte[] BODY = "{\"messageId\":\"m1\"}".getBytes(StandardCharsets.UTF_8);

    private final Backlog backlog = new Backlog(100, 10_000);
    private final Receipt receipt = new Receipt(backlog, Duration.ofMinutes(1));

    /** What becomes of the rejections that are held: true if they are to be written. */
    private final List<Boolean> released = new ArrayList<>();

    @Test
    void itSettlesWhenTheIntakeAndEveryChangeAreDone() {
        EventOrigin first = event(0);
        EventOrigin second = event(1);
        receipt.admit(2, 10);
        first.expect();
        second.expect();

        receipt.intakeDone();
        assertThat(receipt.settled()).isNotDone();
        first.delivered();
        assertThat(receipt.settled()).isNotDone();
        second.delivered();

        assertThat(summary()).isEqualTo(new ReceiptSummary(2, 2, 0, 0, List.of()));
    }

    @Test
    void changesThatEndBeforeTheIntakeDoesAreNotTheEnd() {
        EventOrigin first = event(0);
        receipt.admit(1, 10);
        first.expect();
        first.delivered();
        assertThat(receipt.settled()).isNotDone();

        receipt.intakeDone();

        assertThat(summary().delivered()).isEqualTo(1);
    }

    @Test
    void eventsThatNoMappingWantsAreSkipped() {
        receipt.admit(3, 10);
        EventOrigin wanted = event(1);
        wanted.expect();
        receipt.intakeDone();
        wanted.delivered();

        assertThat(summary()).isEqualTo(new ReceiptSummary(3, 1, 2, 0, List.of()));
    }

    @Test
    void aBodyWithoutEventsSettlesAtOnce() {
        receipt.admit(0, 2);
        receipt.intakeDone();

        assertThat(summary()).isEqualTo(new ReceiptSummary(0, 0, 0, 0, List.of()));
    }

    @Test
    void anEventThatSeveralMappingsDeliverCountsOnce() {
        EventOrigin event = expected(event(0), 3);
        event.delivered();
        event.delivered();
        assertThat(receipt.settled()).isNotDone();
        event.delivered();

        assertThat(summary()).isEqualTo(new ReceiptSummary(1, 1, 0, 0, List.of()));
    }

    @Test
    void anEventThatOneMappingDeliversAndAnotherRejectsCountsAsRejected() {
        EventOrigin deliveredFirst = expected(event(0), 2);
        deliveredFirst.delivered();
        deliveredFirst.rejected("m1", because("because"));
        assertThat(counts()).containsExactly(1, 0, 0, 1);
    }

    @Test
    void theOrderOfDeliveryAndRejectionDoesNotMatter() {
        EventOrigin rejectedFirst = expected(event(0), 3);
        rejectedFirst.rejected("m1", because("because"));
        rejectedFirst.delivered();
        rejectedFirst.delivered();
        assertThat(counts()).containsExactly(1, 0, 0, 1);
    }

    @Test
    void anEventThatTwoMappingsRejectCountsOnceAndShowsBothReasons() {
        EventOrigin event = expected(event(0), 2);
        event.rejected("m1", because("no user"));
        event.rejected("m1", because("no email"));

        assertThat(counts()).containsExactly(1, 0, 0, 1);
        assertThat(summary().rejections())
                .containsExactly(
                        new ReceiptSummary.Rejection(0, "m1", because("no user")),
                        new ReceiptSummary.Rejection(0, "m1", because("no email")));
    }

    @Test
    void reasonsAreInTheOrderOfTheEvents() {
        EventOrigin first = event(0);
        EventOrigin third = event(2);
        receipt.admit(3, 10);
        first.expect();
        third.expect();
        receipt.intakeDone();
        third.rejected(null, because("third"));
        first.rejected("m1", because("first"));

        assertThat(summary().rejections())
                .extracting(ReceiptSummary.Rejection::index, ReceiptSummary.Rejection::reason)
                .containsExactly(tuple(0, "first"), tuple(2, "third"));
        assertThat(counts()).containsExactly(3, 0, 1, 2);
    }

    @Test
    void aRejectedEventSettlesWithItsMessageId() {
        receipt.admit(1, 10);
        RejectedEvent rejected = new RejectedEvent(event(0), because("because"), "sync", null).announce();
        receipt.intakeDone();
        assertThat(receipt.settled()).isNotDone();

        rejected.settle();

        assertThat(summary().rejections()).containsExactly(new ReceiptSummary.Rejection(0, "m1", because("because")));
    }

    @Test
    void oneFailureFailsTheWholeButOnlyWhenNothingIsOnItsWayAnyMore() {
        IllegalStateException first = new IllegalStateException("first");
        EventOrigin event = expected(event(0), 3);

        event.failed(first);
        event.failed(new IllegalStateException("second"));
        assertThat(receipt.settled()).isNotDone();
        event.delivered();

        assertThat(receipt.settled()).isCompletedExceptionally();
        assertThatThrownBy(() -> receipt.settled().join()).hasCause(first);
    }

    @Test
    void onlyTheFirstEndOfTheIntakeCounts() {
        EventOrigin event = expected(event(0), 1);
        receipt.intakeDone();
        receipt.intakeDone();
        assertThat(receipt.settled()).isNotDone();

        event.delivered();

        assertThat(summary().delivered()).isEqualTo(1);
        receipt.intakeDone();
        assertThat(backlog.events()).isZero();
        assertThat(backlog.bytes()).isZero();
    }

    @Test
    void itFailsAtItsDeadline() {
        Receipt brief = new Receipt(backlog, Duration.ofMillis(1));
        brief.admit(1, 10);

        assertThatThrownBy(() -> brief.settled().get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TimeoutException.class);
        assertThat(brief.isAwaited()).isFalse();
    }

    @Test
    void whatSettlesAfterTheDeadlineChangesNothingButGivesTheBacklogBack() {
        Receipt late = new Receipt(backlog, Duration.ZERO);
        EventOrigin event = new EventOrigin(late, 0, new EventBody(BODY, SOURCE), 0, BODY.length, null);
        late.admit(1, 10);
        event.expect();
        late.intakeDone();
        assertThatThrownBy(() -> late.settled().get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(TimeoutException.class);
        assertThat(backlog.events()).isEqualTo(1);
        assertThat(backlog.bytes()).isEqualTo(10);

        event.delivered();

        assertThat(backlog.events()).isZero();
        assertThat(backlog.bytes()).isZero();
        assertThatThrownBy(() -> late.settled().join()).hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void itIsAwaitedUntilItSettles() {
        EventOrigin event = expected(event(0), 1);
        assertThat(receipt.isAwaited()).isTrue();
        assertThat(event.isAwaited()).isTrue();

        event.delivered();

        assertThat(receipt.isAwaited()).isFalse();
        assertThat(event.isAwaited()).isFalse();
    }

    @Test
    void nobodyAwaitsItAfterTheDeadline() {
        Receipt over = new Receipt(backlog, Duration.ZERO);

        assertThat(over.isAwaited()).isFalse();
        assertThat(new EventOrigin(over, 0, new EventBody(BODY, SOURCE), 0, BODY.length, null).isAwaited())
                .isFalse();
    }

    @Test
    void nobodyAwaitsItAfterAFailure() {
        expected(event(0), 1).failed(new IllegalStateException("down"));

        assertThat(receipt.isAwaited()).isFalse();
    }

    @Test
    void theBacklogIsGivenBackOnlyWhenTheLastChangeIsOut() {
        receipt.admit(2, 50);
        EventOrigin first = event(0);
        EventOrigin second = event(1);
        first.expect();
        second.expect();
        receipt.intakeDone();
        first.delivered();
        assertThat(backlog.events()).isEqualTo(2);
        assertThat(backlog.bytes()).isEqualTo(50);

        second.failed(new IllegalStateException("down"));

        assertThat(backlog.events()).isZero();
        assertThat(backlog.bytes()).isZero();
    }

    @Test
    void theBacklogIsGivenBackBeforeTheSourceHearsOfIt() {
        receipt.admit(1, 10);
        long[] seen = {-1};
        receipt.settled().thenRun(() -> seen[0] = backlog.events());

        receipt.intakeDone();

        assertThat(seen[0]).isZero();
    }

    @Test
    void aFullBacklogRefusesFurtherEvents() {
        assertThat(receipt.admit(60, 10)).isTrue();

        assertThat(new Receipt(backlog, Duration.ofMinutes(1)).admit(41, 10)).isFalse();
        assertThat(new Receipt(backlog, Duration.ofMinutes(1)).admit(1, 9_991)).isFalse();
        assertThat(backlog.events()).isEqualTo(60);
        assertThat(backlog.bytes()).isEqualTo(10);
        assertThat(new Receipt(backlog, Duration.ofMinutes(1)).admit(40, 9_990)).isTrue();
        assertThat(backlog.events()).isEqualTo(100);
        assertThat(backlog.bytes()).isEqualTo(10_000);
    }

    @Test
    void aBodyThatAloneIsLargerThanTheBacklogIsLetInWhenNothingElseWaits() {
        assertThat(receipt.admit(101, 10_001)).isTrue();
        assertThat(new Receipt(backlog, Duration.ofMinutes(1)).admit(1, 1)).isFalse();

        receipt.intakeDone();

        assertThat(backlog.events()).isZero();
        assertThat(new Receipt(backlog, Duration.ofMinutes(1)).admit(1, 1)).isTrue();
    }

    @Test
    void heldRejectionsAreReleasedWhenEverythingElseHasEnded() {
        receipt.admit(3, 10);
        EventOrigin bad = event(0);
        EventOrigin good = event(1);
        EventOrigin worse = event(2);
        good.expect();
        bad.expect();
        worse.expect();
        bad.hold(released::add);
        receipt.intakeDone();
        good.delivered();
        assertThat(released).isEmpty();
        worse.hold(released::add);
        assertThat(released).as("once for all of them").containsExactly(true);
        assertThat(receipt.settled()).isNotDone();
        assertThat(bad.canSettle()).isTrue();

        bad.rejected("m1", because("bad"));
        assertThat(receipt.settled()).isNotDone();
        worse.rejected("m2", because("worse"));

        assertThat(counts()).containsExactly(3, 1, 0, 2);
        assertThat(backlog.events()).isZero();
    }

    @Test
    void heldRejectionsAreReleasedAtOnceIfThereIsNothingElse() {
        EventOrigin bad = event(0);
        receipt.admit(1, 10);
        bad.expect();
        bad.hold(released::add);
        receipt.intakeDone();

        assertThat(released).containsExactly(true);
    }

    @Test
    void heldRejectionsAreDroppedIfAnythingElseFails() {
        EventOrigin event = expected(event(0), 2);
        event.hold(released::add);
        event.failed(new IllegalStateException("down"));

        assertThat(released).containsExactly(false);
        assertThatThrownBy(() -> receipt.settled().join()).hasRootCauseMessage("down");
        assertThat(receipt.ended()).isCompleted();
        assertThat(backlog.events()).isZero();
        assertThat(event.canSettle()).isFalse();
    }

    @Test
    void heldRejectionsAreDroppedIfNobodyWaitsWhenTheRestEnds() {
        EventOrigin event = expected(event(0), 2);
        event.hold(released::add);
        receipt.abandon("the partition is lost");
        assertThat(released).as("something is under way").isEmpty();
        assertThat(receipt.ended()).isNotDone();
        event.delivered();

        assertThat(released).containsExactly(false);
        assertThat(receipt.ended()).isCompleted();
        assertThat(backlog.events()).isZero();
    }

    @Test
    void heldRejectionsAreDroppedIfTheReceiptIsGivenUp() {
        EventOrigin event = event(0);
        receipt.admit(1, 10);
        event.expect();
        event.expect();
        event.hold(released::add);
        receipt.giveUp(new IllegalStateException("defect"));
        assertThat(released).containsExactly(false);

        event.hold(released::add);
        assertThat(released).as("what comes later, too").containsExactly(false, false);
        assertThat(backlog.events()).isZero();
    }

    @Test
    void ofReleasedRejectionsNoMoreCanSettleWhenOneHasFailed() {
        EventOrigin event = expected(event(0), 2);
        event.hold(released::add);
        event.hold(released::add);
        event.failed(new IllegalStateException("disk full"));
        assertThat(event.canSettle()).isFalse();
        event.failed(new IllegalStateException("not tried"));

        assertThatThrownBy(() -> receipt.settled().join()).hasRootCauseMessage("disk full");
    }

    @Test
    void heldRejectionsWaitForTheReceiptsThatTheirsFollows() {
        Receipt second = new Receipt(backlog, Duration.ofMinutes(1));
        Receipt third = new Receipt(backlog, Duration.ofMinutes(1));
        second.follow(receipt);
        third.follow(second);
        EventOrigin first = expected(event(0), 1);
        EventOrigin bad = event(third, 0);
        third.admit(1, 10);
        bad.expect();
        bad.hold(released::add);
        third.intakeDone();
        second.intakeDone();
        assertThat(second.settled()).as("it has no rejections").isCompleted();
        assertThat(released).isEmpty();

        first.delivered();

        assertThat(released).containsExactly(true);
        bad.rejected("m1", because("bad"));
        assertThat(third.settled()).isCompleted();
    }

    @Test
    void heldRejectionsAreDroppedWhenTheirReceiptIsAbandonedBecauseAnEarlierOneHasFailed() {
        Receipt second = new Receipt(backlog, Duration.ofMinutes(1));
        second.follow(receipt);
        EventOrigin first = expected(event(0), 1);
        EventOrigin bad = event(second, 0);
        second.admit(1, 10);
        bad.expect();
        bad.hold(released::add);
        second.intakeDone();
        first.failed(new IllegalStateException("down"));
        assertThat(released).isEmpty();
        second.abandon("an earlier event could not be delivered");

        assertThat(released).containsExactly(false);
        assertThat(second.ended()).isCompleted();
        assertThat(backlog.events()).isZero();
    }

    private EventOrigin event(int index) {
        return event(receipt, index);
    }

    private static Problem because(String reason) {
        return new Problem(ProblemCode.CONTEXT_KEY_MISSING, reason);
    }

    private static EventOrigin event(Receipt receipt, int index) {
        return new EventOrigin(receipt, index, new EventBody(BODY, SOURCE), 0, BODY.length, null);
    }

    /** The only event of the receipt, with changes announced and the intake over. */
    @Test
    void whatWasNotAwaitedOnceIsNotDeliveredLater() {
        Receipt renewable = Receipt.renewable(backlog, Duration.ZERO, new Intake());
        EventOrigin event = new EventOrigin(renewable, 0, new EventBody(BODY, SOURCE), 0, BODY.length, null);
        renewable.admitAlways(1, 10);
        event.expect();
        renewable.intakeDone();
        // Left out of a request, which is then taken.
        assertThat(event.isAwaited()).isFalse();
        renewable.renew(System.nanoTime() + Duration.ofMinutes(1).toNanos());
        assertThat(event.isAwaited()).isFalse();
        event.delivered();

        assertThat(renewable.settled()).isCompletedExceptionally();
        assertThat(renewable.ended()).isCompleted();
        assertThat(backlog.events()).isZero();
    }

    @Test
    void aRenewedReceiptIsAwaitedForLonger() {
        Receipt renewable = Receipt.renewable(backlog, Duration.ofMinutes(1), new Intake());
        renewable.admitAlways(1, 10);
        renewable.renew(System.nanoTime() + Duration.ofMinutes(2).toNanos());

        assertThat(renewable.isAwaited()).isTrue();
        renewable.renew(System.nanoTime() - 1);
        assertThat(renewable.isAwaited()).isFalse();
    }

    @Test
    void aReceiptThatIsGivenUpHoldsNothingAndTakesNothingBack() {
        Receipt givenUp = new Receipt(backlog, Duration.ofMinutes(1));
        EventOrigin event = new EventOrigin(givenUp, 0, new EventBody(BODY, SOURCE), 0, BODY.length, null);
        givenUp.admitAlways(2, 100);
        event.expect();
        givenUp.giveUp(new IllegalStateException("defect"));
        assertThat(backlog.events()).isZero();
        assertThat(backlog.bytes()).isZero();

        event.expect();
        event.delivered();
        givenUp.holdsLess(50);
        givenUp.intakeDone();
        assertThat(givenUp.settled()).isCompletedExceptionally();
        assertThat(backlog.events()).isZero();
        assertThat(backlog.bytes()).isZero();
    }

    @Test
    void aReceiptWhoseIntakeIsOverIsNotGivenUp() {
        Receipt under = new Receipt(backlog, Duration.ofMinutes(1));
        EventOrigin event = new EventOrigin(under, 0, new EventBody(BODY, SOURCE), 0, BODY.length, null);
        under.admitAlways(1, 10);
        event.expect();
        under.intakeDone();
        under.giveUp(new IllegalStateException("too late"));
        assertThat(backlog.events()).isEqualTo(1);

        event.delivered();
        assertThat(under.settled()).isCompleted();
        assertThat(backlog.events()).isZero();
    }

    private EventOrigin expected(EventOrigin event, int changes) {
        receipt.admit(1, 10);
        for (int i = 0; i < changes; i++) {
            event.expect();
        }
        receipt.intakeDone();
        return event;
    }

    private ReceiptSummary summary() {
        assertThat(receipt.settled()).isCompleted();
        return receipt.settled().join();
    }

    private int[] counts() {
        ReceiptSummary summary = summary();
        return new int[] {summary.received(), summary.delivered(), summary.skipped(), summary.rejected()};
    }

    @Test
    void theOldestEventIsThatOfTheOldestReceiptThatHasNotEnded() {
        assertThat(backlog.oldestSeconds()).isZero();
        receipt.admit(1, 10);
        Receipt younger = new Receipt(backlog, Duration.ofMinutes(1));
        younger.admit(1, 10);
        double both = backlog.oldestSeconds();
        assertThat(both).isPositive();
        receipt.intakeDone();
        assertThat(backlog.oldestSeconds()).isPositive();
        younger.giveUp(new IllegalStateException());
        assertThat(backlog.oldestSeconds()).isZero();
    }
}
