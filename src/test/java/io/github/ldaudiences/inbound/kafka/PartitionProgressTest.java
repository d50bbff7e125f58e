package io.github.ldaudiences.inbound.kafka;

import static io.github.ldaudiences.fixture.AudienceEvent.SOURCE;
import static io.github.ldaudiences.fixture.AudienceEvent.entered;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventLimits;
import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.Intake;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.RejectedEvent;
import io.github.ldaudiences.event.UndeliveredException;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.problem.ProblemCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is read after an event that cannot be delivered is read again, so its rejected events are not written before. */
@Tag("kafka")
class PartitionProgressTest {

    private final Backlog backlog = new Backlog(100, 100_000);
    private final PartitionProgress progress = new PartitionProgress(Duration.ZERO, Duration.ZERO);
    private final List<Boolean> released = new ArrayList<>();
    private EventOrigin first;
    private EventOrigin bad;

    @BeforeEach
    void readTwoPolls() {
        progress.renew(System.nanoTime() + Duration.ofMinutes(1).toNanos());
        first = read(0);
        bad = read(1);
        bad.hold(released::add);
    }

    @Test
    void aRejectedEventIsHeldUntilTheEventsBeforeItAreDelivered() {
        assertThat(progress.committable()).isEmpty();
        assertThat(released).isEmpty();

        first.delivered();
        assertThat(released).containsExactly(true);
        assertThat(progress.committable()).hasValue(1);

        new RejectedEvent(bad, new Problem(ProblemCode.NOT_JSON, "because"), null, null).settle();
        assertThat(progress.committable()).hasValue(2);
    }

    @Test
    void aRejectedEventIsDroppedIfItIsReadAgainBecauseOfAnEventBeforeIt() {
        first.failed(new UndeliveredException("LaunchDarkly is away"));
        assertThat(released).isEmpty();

        assertThat(progress.goBack()).hasValue(0);
        assertThat(released).containsExactly(false);
        assertThat(backlog.events()).isZero();
    }

    @Test
    void aRejectedEventIsDroppedIfThePartitionIsLost() {
        progress.abandon("another consumer has it");
        first.delivered();

        assertThat(released).containsExactly(false);
        assertThat(backlog.events()).isZero();
    }

    @Test
    void theOldestRecordThatIsNotCommittedIsTheFirstThatIsNotSettled() {
        assertThat(progress.uncommittedSinceMs(true)).isEqualTo(1_000);

        first.delivered();
        progress.committable();

        assertThat(progress.uncommittedSinceMs(true)).isEqualTo(1_001);
    }

    @Test
    void aRecordThatIsToBeReadAgainIsNotCommitted() {
        first.failed(new UndeliveredException("LaunchDarkly is away"));
        progress.goBack();

        assertThat(progress.uncommittedSinceMs(true)).isEqualTo(1_000);
    }

    @Test
    void whatHasNotBeenReadIsNotOlderThanWhatHasBeenAndThanTheMomentWhenThereWasNothing() {
        first.failed(new UndeliveredException("LaunchDarkly is away"));
        progress.goBack();
        EventOrigin again = read(7);
        again.delivered();
        progress.committable();

        assertThat(progress.uncommittedSinceMs(true)).isEqualTo(1_007);
        assertThat(progress.uncommittedSinceMs(false)).isEqualTo(PartitionProgress.UNKNOWN);
        progress.nothingUnread(5_000);
        assertThat(progress.uncommittedSinceMs(true)).isEqualTo(5_000);
    }

    @Test
    void aPartitionOfWhichNothingHasBeenReadHasNoOldestRecordYet() {
        PartitionProgress fresh = new PartitionProgress(Duration.ZERO, Duration.ZERO);

        assertThat(fresh.uncommittedSinceMs(true)).isEqualTo(PartitionProgress.UNKNOWN);
    }

    @Test
    void theLagInSecondsIsThatOfTheConsumerThatIsFurthestBehindAndNeverNegative() {
        KafkaInbound inbound = new KafkaInbound(backlog, () -> {}, () -> {});
        assertThat(inbound.lagSeconds()).isZero();

        // Whoever has written it has a clock that is ahead of ours, or ours has been set back.
        inbound.lag("ahead", 1, System.currentTimeMillis() + 60_000);
        inbound.lag("unknown", 1, PartitionProgress.UNKNOWN);
        assertThat(inbound.lagSeconds()).isZero();

        inbound.lag("behind", 1, System.currentTimeMillis() - 60_000);
        assertThat(inbound.lagSeconds()).isGreaterThanOrEqualTo(60);
        inbound.forget("behind");
        assertThat(inbound.lagSeconds()).isZero();
    }

    /** Reads one record, whose event is announced to a mapping. */
    private EventOrigin read(long offset) {
        Receipt receipt = Receipt.renewable(backlog, Duration.ofMinutes(1), new Intake());
        byte[] value = entered("u1").toString().getBytes(StandardCharsets.UTF_8);
        EventOrigin origin = new EventReader(new EventLimits(10, 10_000, 10))
                .readMessage(value, receipt, SOURCE)
                .events()
                .get(0)
                .origin();
        receipt.admitAlways(1, value.length);
        progress.add(offset, offset + 1, 1, new RecordTimes(1_000 + offset, 1_000 + offset), receipt);
        origin.expect();
        receipt.intakeDone();
        return origin;
    }
}
