package io.github.ldaudiences.batch;

import static io.github.ldaudiences.fixture.AudienceEvent.SOURCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventBody;
import io.github.ldaudiences.event.EventLimits;
import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.event.EventReader;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.event.Replay;
import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.mapping.MembershipChange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("batch")
class BatchByAudienceTest {

    private static final Audience VIP = new Audience("launchdarkly", "user", "aud_1");

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final AudienceLanes lanes = new AudienceLanes(BatchLimits.of(1000, 4_000_000));
    private final BatchByAudience batching =
            new BatchByAudience(lanes, new NewestStates(0, 0, EarlierStates.NONE), BatchLimits.of(3, 1_000_000));
    private final Receipt receipt = new Receipt(new Backlog(1_000_000, Long.MAX_VALUE), Duration.ofMinutes(1));

    @Test
    void theFirstChangesOpenABatchThatTakesItsPlaceInTheLane() throws Exception {
        Deque<MembershipChange> changes = queue(change("u1", true, 0), change("u2", false, 0));

        Exchange batched = batching.aggregate(null, exchange(changes));

        assertThat(batch(batched).audience()).isEqualTo(VIP);
        assertThat(members(batched)).containsExactly("u1=true", "u2=false");
        assertThat(changes).isEmpty();
        assertThat(lanes.size()).isEqualTo(1);
        assertThat(batching.matches(batched)).isFalse();
    }

    @Test
    void furtherChangesJoinTheOpenBatch() throws Exception {
        Exchange batched = batching.aggregate(null, exchange(queue(change("u1", true, 0))));

        Exchange again = batching.aggregate(batched, exchange(queue(change("u2", true, 0))));

        assertThat(again).isSameAs(batched);
        assertThat(members(again)).containsExactly("u1=true", "u2=true");
    }

    @Test
    void aFullBatchIsCompleteAndLeavesTheRestInTheQueue() throws Exception {
        Deque<MembershipChange> changes = queue(
                change("u1", true, 0),
                change("u2", true, 0),
                change("u3", true, 0),
                change("u4", true, 0),
                change("u5", true, 0));

        Exchange first = batching.aggregate(null, exchange(changes));
        assertThat(batching.matches(first)).isTrue();
        assertThat(members(first)).containsExactly("u1=true", "u2=true", "u3=true");
        assertThat(changes).extracting(MembershipChange::contextKey).containsExactly("u4", "u5");

        Exchange second = batching.aggregate(null, exchange(changes));
        assertThat(batching.matches(second)).isFalse();
        assertThat(members(second)).containsExactly("u4=true", "u5=true");
        assertThat(batch(second).place()).isNotSameAs(batch(first).place());
    }

    @Test
    void aBatchIsFullWhenItsBytesAre() throws Exception {
        MembershipChange first = change("u1", true, 0);
        int size = MemberSize.of(first);
        // A sixteenth stays free, so that one more member is sure to fit.
        BatchByAudience small = new BatchByAudience(
                lanes, new NewestStates(0, 0, EarlierStates.NONE), BatchLimits.of(1000, 16L * size));
        Deque<MembershipChange> changes = new ArrayDeque<>();
        for (int i = 10; i < 40; i++) {
            changes.add(change("" + i, true, 0));
        }

        Exchange batched = small.aggregate(null, exchange(changes));

        assertThat(small.matches(batched)).isTrue();
        assertThat(batch(batched).size()).isEqualTo(15);
        assertThat(batch(batched).bytes()).isEqualTo(15L * size);
        assertThat(changes).hasSize(15);
    }

    @Test
    void theNewestStateOfAPersonCountsWhateverTheOrderOfArrival() throws Exception {
        Exchange batched = batching.aggregate(
                null,
                exchange(queue(
                        change("u1", true, 2), change("u2", true, 1), change("u1", false, 1), change("u2", false, 2))));

        assertThat(members(batched)).containsExactly("u1=true", "u2=false");
    }

    @Test
    void amongStatesOfOneTimeTheLastToArriveCounts() throws Exception {
        Exchange batched = batching.aggregate(null, exchange(queue(change("u1", true, 1), change("u1", false, 1))));

        assertThat(members(batched)).containsExactly("u1=false");
    }

    @Test
    void aPersonWhoIsInTheBatchTakesNoMoreRoom() throws Exception {
        Exchange batched = batching.aggregate(null, exchange(queue(change("u1", true, 1))));
        long bytes = batch(batched).bytes();

        batching.aggregate(
                batched, exchange(queue(change("u1", false, 2), change("u1", true, 3), change("u1", true, 0))));

        assertThat(batch(batched).size()).isEqualTo(1);
        assertThat(batch(batched).bytes()).isEqualTo(bytes);
        assertThat(batching.matches(batched)).isFalse();
    }

    @Test
    void aReplayedChangeOfWhichNobodyCanTellAnyMoreStaysWithItsSource() {
        EventBody letter =
                new EventBody("{}".getBytes(StandardCharsets.UTF_8), new Replay(0, "sync", false, null, Map.of()));
        EventOrigin origin = new EventReader(new EventLimits(1, 100, 10))
                .readReplayed(letter, 0, receipt)
                .events()
                .get(0)
                .origin();
        receipt.admit(1, 1);
        origin.expect();

        Exchange batched = batching.aggregate(
                null, exchange(queue(new MembershipChange(VIP, "vip", "u1", true, 0, true, "sync", origin, null))));
        receipt.intakeDone();

        assertThat(batch(batched).size()).isZero();
        assertThat(receipt.settled()).isCompletedExceptionally();
    }

    @Test
    void supersededEventsAreSettledWithTheBatch() throws Exception {
        MembershipChange old = change("u1", true, 1);
        MembershipChange newest = change("u1", false, 2);
        MembershipChange late = change("u1", true, 0);
        Exchange batched = batching.aggregate(null, exchange(queue(old, newest, late)));

        List<EventOrigin> origins = new ArrayList<>();
        batch(batched).end(origins::add);

        assertThat(origins).containsExactlyInAnyOrder(old.origin(), newest.origin(), late.origin());
    }

    @Test
    void aChangeThatMayNotWaitCompletesTheBatch() throws Exception {
        Deque<MembershipChange> changes = queue(notBatching(change("u1", true, 0)), notBatching(change("u2", true, 0)));

        Exchange batched = batching.aggregate(null, exchange(changes));

        assertThat(batching.matches(batched)).isTrue();
        assertThat(members(batched)).containsExactly("u1=true");
        assertThat(changes).hasSize(1);
    }

    @Test
    void partsHoldTheMembersInOrderEachOnce() throws Exception {
        Exchange batched = batching.aggregate(
                null, exchange(queue(change("u1", true, 0), change("u2", false, 0), change("u3", true, 0))));

        Batch whole = batch(batched);
        List<Batch> parts = List.of(whole.part(0, 1), whole.part(1, 3));

        assertThat(parts).extracting(Batch::size).containsExactly(1, 2);
        assertThat(parts).extracting(Batch::audience).containsExactly(VIP, VIP);
        assertThat(parts.stream().flatMap(part -> part.members().stream())).containsExactlyElementsOf(whole.members());
        assertThat(whole.without(List.of(whole.part(1, 2))).members())
                .extracting(member -> member.newest().contextKey())
                .containsExactly("u1", "u3");
    }

    @Test
    void aBatchIsAwaitedWhileASourceOfAnyOfItsEventsWaits() throws Exception {
        Receipt over = new Receipt(new Backlog(1, 1), Duration.ZERO);
        MembershipChange abandoned = change(over, "u1", 2);
        assertThat(batch(batching.aggregate(null, exchange(queue(abandoned)))).isAwaited())
                .isFalse();

        MembershipChange superseded = change("u1", true, 1);
        Exchange batched = batching.aggregate(null, exchange(queue(abandoned, superseded)));

        assertThat(batch(batched).isAwaited()).isTrue();
    }

    @Test
    void aDryRunMakesTheSameBatchesAndLeavesNoTrace() throws Exception {
        BatchByAudience remembering =
                new BatchByAudience(lanes, new NewestStates(10, 0, EarlierStates.NONE), BatchLimits.of(2, 1_000_000));
        remembering.aggregate(null, exchange(queue(change("u1", false, 5))));
        int lanesBefore = lanes.size();

        List<Batch> batches = remembering.dryRun(
                List.of(change("u1", true, 1), change("u2", true, 1), change("u2", false, 9), change("u3", true, 1)));

        assertThat(batches)
                .extracting(batch -> batch.members().stream()
                        .map(member -> member.newest().contextKey() + "="
                                + member.newest().member())
                        .toList())
                .containsExactly(List.of("u1=false", "u2=true"), List.of("u2=false", "u3=true"));
        assertThat(lanes.size()).isEqualTo(lanesBefore);
        assertThat(members(remembering.aggregate(null, exchange(queue(change("u2", true, 2))))))
                .containsExactly("u2=true");
    }

    private static Batch batch(Exchange exchange) {
        return exchange.getMessage().getBody(Batch.class);
    }

    private static List<String> members(Exchange batched) {
        return batch(batched).members().stream()
                .map(member ->
                        member.newest().contextKey() + "=" + member.newest().member())
                .toList();
    }

    private Exchange exchange(Deque<MembershipChange> changes) {
        Exchange exchange = new DefaultExchange(context);
        exchange.getMessage().setBody(changes);
        return exchange;
    }

    private static Deque<MembershipChange> queue(MembershipChange... changes) {
        return new ArrayDeque<>(List.of(changes));
    }

    private MembershipChange change(String contextKey, boolean member, long time) throws Exception {
        return new MembershipChange(VIP, "vip", contextKey, member, time, true, "sync", origin(receipt), null);
    }

    private static MembershipChange change(Receipt receipt, String contextKey, long time) throws Exception {
        return new MembershipChange(VIP, "vip", contextKey, true, time, true, "sync", origin(receipt), null);
    }

    private static MembershipChange notBatching(MembershipChange change) {
        return new MembershipChange(
                VIP,
                "vip",
                change.contextKey(),
                change.member(),
                change.eventTime(),
                false,
                change.mapping(),
                change.origin(),
                null);
    }

    static EventOrigin origin(Receipt receipt) {
        return new EventReader(new EventLimits(1, 100, 10))
                .readMessage("{}".getBytes(StandardCharsets.UTF_8), receipt, SOURCE)
                .events()
                .get(0)
                .origin();
    }
}
