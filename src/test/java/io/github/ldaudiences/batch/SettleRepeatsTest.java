package io.github.ldaudiences.batch;

import static io.github.ldaudiences.fixture.AudienceEvent.SOURCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventBody;
import io.github.ldaudiences.event.EventLimits;
import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.EventSource;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.Replay;
import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.mapping.MembershipChange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which changes need no request, and that no state that is still needed is held back. */
@Tag("batch")
class SettleRepeatsTest {

    private static final Audience VIP = new Audience("launchdarkly", "user", "aud_1");
    private static final BatchLimits LIMITS = BatchLimits.of(1000, 4_000_000);

    private final AudienceLanes lanes = new AudienceLanes(LIMITS);
    private final NewestStates states = new NewestStates(100, 0, EarlierStates.NONE);
    private final SettleRepeats repeats = new SettleRepeats(lanes, states, true, false);
    private final Receipt receipt = new Receipt(new Backlog(1_000, 1_000_000), Duration.ofMinutes(10));

    @Test
    void whatIsDeliveredIsSettledAgainUnlessItIsNewerOrSaysOtherwise() {
        deliver(batchOf(change("u1", true, 1_000)));

        assertThat(left(change("u1", true, 1_000))).as("again").isEmpty();
        assertThat(left(change("u1", false, 999))).as("late").isEmpty();
        assertThat(left(change("u1", true, 1_001))).as("newer").hasSize(1);
        assertThat(left(change("u1", false, 1_000))).as("otherwise").hasSize(1);
        assertThat(left(change("u2", true, 1_000))).as("of somebody else").hasSize(1);
        assertThat(repeats.repeats()).isEqualTo(2);
        assertThat(states.late()).isEqualTo(1);
    }

    @Test
    void aStateThatHasChangedSinceIsNotDelivered() {
        deliver(batchOf(change("u1", true, 1_000)));
        states.newest(change("u1", false, 2_000));

        assertThat(left(change("u1", true, 1_000))).hasSize(1);
        assertThat(left(change("u1", false, 2_000))).hasSize(1);
    }

    @Test
    void whatIsUnderWayIsJoinedUntilItHasEnded() {
        Batch batch = batchOf(change("u1", true, 1_000));
        MembershipChange again = change("u1", true, 1_000);
        MembershipChange older = change("u1", false, 500);

        assertThat(left(again, older, change("u1", true, 1_001))).hasSize(1);

        List<EventOrigin> settled = new ArrayList<>();
        batch.end(settled::add);
        assertThat(settled).hasSize(3).contains(again.origin(), older.origin());
        assertThat(left(change("u1", true, 1_000))).as("too late to join").hasSize(1);
    }

    @Test
    void theLastBatchOfAPersonDecides() {
        batchOf(change("u1", true, 1_000));
        batchOf(change("u1", false, 1_000));

        assertThat(left(change("u1", true, 1_000)))
                .as("among equals the last to arrive counts")
                .hasSize(1);
        assertThat(left(change("u1", false, 1_000))).isEmpty();
    }

    @Test
    void whatFollowsAChangeOfTheSamePersonIsNoRepeat() {
        deliver(batchOf(change("u1", true, 1_000)));

        assertThat(left(change("u1", false, 1_000), change("u1", true, 1_000)))
                .extracting(MembershipChange::member)
                .containsExactly(false, true);
    }

    @Test
    void whatWasDeliveredBeforePartitionsChangedHandsIsSentAgain() {
        deliver(batchOf(change("u1", true, 1_000)));
        Batch underWay = batchOf(change("u2", true, 1_000));
        states.othersMaySend();
        deliver(underWay);

        assertThat(left(change("u1", true, 1_000))).hasSize(1);
        assertThat(left(change("u2", true, 1_000)))
                .as("another may have sent meanwhile")
                .hasSize(1);
    }

    @Test
    void ofTwoStatesOfOneTimeTheOneThatWasDeliveredLastCounts() {
        Batch entered = batchOf(change("u1", true, 1_000));
        Batch left = batchOf(change("u1", false, 1_000));
        Batch enteredAgain = batchOf(change("u1", true, 1_000));
        deliver(entered);
        deliver(left);
        enteredAgain.end(origin -> {});

        assertThat(left(change("u1", true, 1_000))).hasSize(1);
    }

    @Test
    void whatIsReplayedByForceIsSentAgain() {
        deliver(batchOf(change("u1", true, 1_000)));

        assertThat(left(replayed(false))).isEmpty();
        assertThat(left(replayed(true))).hasSize(1);
    }

    @Test
    void itCanBeTurnedOff() {
        SettleRepeats off = new SettleRepeats(lanes, states, false, false);
        deliver(batchOf(change("u1", true, 1_000)));
        List<MembershipChange> changes = new ArrayList<>(List.of(change("u1", true, 1_000)));

        off.process(exchange(changes));

        assertThat(changes).hasSize(1);
        assertThat(off.isRepeat(change("u1", true, 1_000))).isFalse();
    }

    private MembershipChange replayed(boolean forced) {
        return change("u1", true, 1_000, new Replay(0, "sync", forced, null, Map.of()));
    }

    private void deliver(Batch batch) {
        states.delivered(batch);
        batch.end(EventOrigin::delivered);
    }

    /** Opens a batch with a change, which is remembered, too. */
    private Batch batchOf(MembershipChange change) {
        Batch batch = lanes.open(VIP);
        lanes.fill(batch, new ArrayDeque<>(List.of(change)), states::newest, LIMITS);
        return batch;
    }

    private List<MembershipChange> left(MembershipChange... changes) {
        List<MembershipChange> left = new ArrayList<>(List.of(changes));
        repeats.process(exchange(left));
        return left;
    }

    private static Exchange exchange(List<MembershipChange> changes) {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.getMessage().setBody(changes);
        return exchange;
    }

    private MembershipChange change(String person, boolean member, long time) {
        return change(person, member, time, SOURCE);
    }

    private MembershipChange change(String person, boolean member, long time, EventSource source) {
        EventOrigin origin = new EventReader(new EventLimits(1, 100, 10))
                .readReplayed(new EventBody("{}".getBytes(StandardCharsets.UTF_8), source), 0, receipt)
                .events()
                .get(0)
                .origin();
        return new MembershipChange(VIP, "vip", person, member, time, true, "sync", origin, null);
    }
}
