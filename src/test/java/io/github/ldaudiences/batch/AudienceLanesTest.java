package io.github.ldaudiences.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.github.ldaudiences.delivery.DeliveryOutcome;
import io.github.ldaudiences.delivery.RetryWhileAwaited;
import io.github.ldaudiences.delivery.StillAwaited;
import io.github.ldaudiences.event.Backlog;
import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.event.Receipt;
import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.mapping.MembershipChange;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("batch")
class AudienceLanesTest {

    private static final Audience VIP = new Audience("launchdarkly", "user", "aud_vip");
    private static final Audience NEW = new Audience("launchdarkly", "user", "aud_new");

    private static final BatchLimits LIMITS = BatchLimits.of(3, 4_000_000);

    private final Receipt receipt = new Receipt(new Backlog(1_000_000, 1_000_000), Duration.ofMinutes(10));
    private final List<String> completed = new ArrayList<>();
    private final AudienceLanes lanes = new AudienceLanes(LIMITS, Duration.ZERO, null, completed::add);
    private final Delivery delivery = new Delivery();
    private final EventOrigin origin = BatchByAudienceTest.origin(receipt);
    private final DefaultCamelContext context = new DefaultCamelContext();
    private AsyncProducer route;

    @BeforeEach
    void startARouteThatDeliversAsTheBundleDoes() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:batches").process(lanes).process(delivery);
            }
        });
        context.start();
        route = context.getEndpoint("direct:batches").createAsyncProducer();
        route.start();
    }

    @AfterEach
    void stopTheRoute() {
        // Camel would wait long for batches that are still on their way.
        context.getShutdownStrategy().setTimeout(1);
        delivery.finishAll();
        context.stop();
    }

    @Test
    void theFirstBatchOfAnAudienceGoesOnAtOnce() {
        Batch first = open(VIP);

        send(first);

        assertThat(delivery.started).containsExactly(first);
    }

    @Test
    void theNextBatchOfAnAudienceWaitsUntilTheOneBeforeItIsDone() {
        Batch first = open(VIP);
        Batch second = open(VIP);
        Batch third = open(VIP);
        send(first);
        send(second);
        send(third);
        assertThat(delivery.started).containsExactly(first);

        delivery.finishOldest();
        assertThat(delivery.started).containsExactly(first, second);

        delivery.finishOldest();
        assertThat(delivery.started).containsExactly(first, second, third);
    }

    @Test
    void batchesGoInTheOrderInWhichTheyWereOpenedNotInWhichTheyAreComplete() {
        Batch first = open(VIP);
        Batch second = open(VIP);
        Batch third = open(VIP);
        send(third);
        send(second);
        assertThat(delivery.started).isEmpty();

        send(first);
        delivery.finishOldest();
        delivery.finishOldest();

        assertThat(delivery.started).containsExactly(first, second, third);
    }

    @Test
    void aBatchTakesAlongWhatWaitsBehindItAsMuchAsFits() {
        Batch first = open(VIP);
        Batch second = open(VIP, "u1");
        Batch third = open(VIP, "u2");
        Batch fourth = open(VIP, "u3", "u4");
        Batch fifth = open(VIP, "u5");
        for (Batch batch : List.of(first, third, second, fourth, fifth)) {
            send(batch);
        }

        delivery.finishOldest();
        assertThat(delivery.started).containsExactly(first, second, third);
        assertThat(people(second)).containsExactly("u1", "u2", "u3");
        assertThat(third.size()).as("gone along").isZero();

        delivery.finishOldest(); // the second: the third has nothing left to wait for
        delivery.finishOldest();
        assertThat(delivery.started).containsExactly(first, second, third, fourth, fifth);
        assertThat(people(fourth)).containsExactly("u4", "u5");
        assertThat(fifth.size()).isZero();
        delivery.finishAll();
        assertThat(lanes.size()).isZero();
    }

    @Test
    void whatIsTakenAlongIsTheNewerStateAmongEquals() {
        Batch first = open(VIP);
        Batch second = open(VIP, "u1");
        Batch third = lanes.open(VIP);
        third.add(change(VIP, "u1", false));
        send(first);
        send(second);
        send(third);

        delivery.finishOldest();

        assertThat(second.members())
                .singleElement()
                .satisfies(member -> assertThat(member.newest().member()).isFalse());
        assertThat(third.size()).isZero();
    }

    @Test
    void aBatchThatMayNotWaitForOthersIsSentAlone() {
        Batch first = open(VIP);
        Batch second = open(VIP, "u1");
        Batch alone = lanes.open(VIP);
        origin.expect();
        alone.add(new MembershipChange(VIP, "vip", "u2", true, 0, false, "sync", origin, null));
        send(first);
        send(second);
        send(alone);

        delivery.finishOldest();

        assertThat(delivery.started).containsExactly(first, second);
        assertThat(people(second)).containsExactly("u1");
    }

    @Test
    void anOpenBatchIsCompletedWhenItsIntakesHaveEndedAndItsLaneIsFree() {
        Receipt one = receipt();
        Receipt other = receipt();
        Batch batch = lanes.open(VIP);
        fill(lanes, batch, one, "u1");
        fill(lanes, batch, other, "u2");

        one.intakeDone();
        assertThat(completed).as("the other may add more").isEmpty();
        assertThat(lanes.isComplete(batch, LIMITS)).isFalse();

        other.intakeDone();
        assertThat(completed).containsExactly(VIP.correlationKey());
        assertThat(lanes.isComplete(batch, LIMITS)).isTrue();
    }

    @Test
    void changesAreAddedToTheOpenBatchesOfTheirAudiencesAsFarAsTheseHaveRoom() {
        Batch vip = open(VIP, "u1", "u2");
        Batch closed = open(NEW, "u1");
        send(closed);
        List<MembershipChange> changes = new ArrayList<>(List.of(
                change(VIP, "u1", false), change(NEW, "u2", true), change(VIP, "u3", true), change(VIP, "u4", true)));

        lanes.fillOpen(changes, change -> change, LIMITS);

        assertThat(people(vip)).containsExactly("u1", "u2", "u3");
        assertThat(vip.member("u1").newest().member()).isFalse();
        assertThat(people(closed)).containsExactly("u1");
        assertThat(changes).extracting(MembershipChange::contextKey).containsExactly("u2", "u4");
        assertThat(completed).as("it is full").containsExactly(VIP.correlationKey());
    }

    @Test
    void aBatchBehindAnotherIsCompletedWhenThatHasEnded() {
        send(open(VIP));
        Receipt next = receipt();
        fill(lanes, lanes.open(VIP), next, "u4");

        next.intakeDone();
        assertThat(completed).as("it fills while a request is under way").isEmpty();

        delivery.finishOldest();
        assertThat(completed).containsExactly(VIP.correlationKey());
    }

    @Test
    void aBatchStaysOpenForItsMinimumWait() {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try {
            List<String> completed = new CopyOnWriteArrayList<>();
            AudienceLanes own = new AudienceLanes(LIMITS, Duration.ofMillis(300), timer, completed::add);
            Receipt receipt = receipt();
            long opened = System.nanoTime();
            fill(own, own.open(VIP), receipt, "u1");

            receipt.intakeDone();
            await().until(() -> !completed.isEmpty());

            assertThat(System.nanoTime() - opened).isGreaterThanOrEqualTo(300_000_000L);
        } finally {
            timer.shutdownNow();
        }
    }

    @Test
    void whatNoSourceWaitsForIsLeftOutOfTheNextAttempt() {
        Receipt over = receipt();
        Batch batch = lanes.open(VIP);
        fill(lanes, batch, receipt, "u1");
        fill(lanes, batch, over, "u2");
        over.abandon("its partition now belongs to another consumer");

        lanes.takeAlong(batch);

        assertThat(people(batch)).containsExactly("u1");
    }

    @Test
    void whatNoSourceWaitsForIsNotTakenAlongEither() {
        Receipt over = receipt();
        Batch first = lanes.open(VIP);
        fill(lanes, first, receipt, "u1");
        fill(lanes, lanes.open(VIP), over, "u2");
        fill(lanes, lanes.open(VIP), receipt, "u3");
        over.abandon("its partition now belongs to another consumer");

        lanes.takeAlong(first);

        assertThat(people(first)).containsExactly("u1", "u3");
    }

    @Test
    void aPartOfADividedBatchTakesNothingAlong() {
        Batch first = open(VIP, "u1", "u2");
        Batch second = open(VIP, "u3");
        send(second);
        Batch part = first.part(0, 1);

        lanes.takeAlong(part);

        assertThat(people(part)).containsExactly("u1");
        assertThat(people(second)).containsExactly("u3");
    }

    @Test
    void whatASourceStillWaitsForIsNotGivenUpWithAnEarlierRequestForIt() {
        Receipt over = receipt();
        Receipt overNow = new Receipt(new Backlog(1_000, 1_000_000), Duration.ZERO);
        Receipt again = receipt();
        Batch batch = lanes.open(VIP);
        fill(lanes, batch, over, "u1");
        fill(lanes, batch, overNow, "u2");
        over.abandon("its partition now belongs to another consumer");
        List<Boolean> joined = new ArrayList<>();
        // While one source is told that its deadline has passed, another that was told before sends its event again.
        overNow.settled().whenComplete((summary, failure) -> joined.add(join(again, "u1")));

        lanes.takeAlong(batch);
        again.intakeDone();

        assertThat(joined).containsExactly(true);
        assertThat(people(batch)).containsExactly("u1");
        assertThat(again.settled()).isNotDone();
    }

    @Test
    void aBatchThatNobodyWaitedForIsTriedAgainIfAnEventHasJoinedItSince() {
        Receipt over = receipt();
        Batch batch = lanes.open(VIP);
        fill(lanes, batch, over, "u1");
        over.abandon("its partition now belongs to another consumer");
        Exchange exchange = exchange(batch);
        exchange.setProperty(DeliveryOutcome.BATCH, batch);
        exchange.setProperty(
                ExchangePropertyKey.EXCEPTION_CAUGHT, catchThrowable(() -> new StillAwaited().process(exchange)));
        assertThat(new RetryWhileAwaited().matches(exchange)).isFalse();

        assertThat(join(receipt(), "u1")).isTrue();

        assertThat(new RetryWhileAwaited().matches(exchange)).isTrue();
    }

    @Test
    void theEventsOfABatchWhoseRouteFailsStayWithTheirSource() {
        Receipt own = receipt();
        Batch batch = lanes.open(VIP);
        fill(lanes, batch, own, "u1");
        own.intakeDone();
        send(batch);

        delivery.failOldest(new RejectedExecutionException("no thread"));

        assertThat(own.settled()).isCompletedExceptionally();
    }

    private boolean join(Receipt receipt, String person) {
        EventOrigin origin = BatchByAudienceTest.origin(receipt);
        origin.expect();
        return lanes.join(new MembershipChange(VIP, "vip", person, true, 0, true, "sync", origin, null));
    }

    private static Receipt receipt() {
        return new Receipt(new Backlog(1_000, 1_000_000), Duration.ofMinutes(10));
    }

    private static void fill(AudienceLanes lanes, Batch batch, Receipt receipt, String person) {
        EventOrigin origin = BatchByAudienceTest.origin(receipt);
        origin.expect();
        MembershipChange change = new MembershipChange(VIP, "vip", person, true, 0, true, "sync", origin, null);
        lanes.fill(batch, new ArrayDeque<>(List.of(change)), known -> known, LIMITS);
    }

    private static List<String> people(Batch batch) {
        return batch.members().stream()
                .map(member -> member.newest().contextKey())
                .toList();
    }

    @Test
    void aBatchThatIsStillOpenIsNotPassedBy() {
        Batch first = open(VIP);
        Batch open = open(VIP);
        Batch third = open(VIP);
        send(first);
        send(third);

        delivery.finishOldest();
        assertThat(delivery.started).containsExactly(first);

        send(open);
        assertThat(delivery.started).containsExactly(first, open);
    }

    @Test
    void audiencesDoNotWaitForEachOther() {
        Batch vip = open(VIP);
        Batch vipNext = open(VIP);
        Batch other = open(NEW);
        send(vip);
        send(vipNext);

        send(other);

        assertThat(delivery.started).containsExactly(vip, other);
        delivery.finishOldest();
        assertThat(delivery.started).containsExactly(vip, other, vipNext);
    }

    @Test
    void oneAudienceIdInTwoDestinationsOrContextKindsIsTwoAudiences() {
        Batch one = open(VIP);
        Batch otherDestination = open(new Audience("eu", "user", "aud_vip"));
        Batch otherKind = open(new Audience("launchdarkly", "device", "aud_vip"));

        send(one);
        send(otherDestination);
        send(otherKind);

        assertThat(delivery.started).containsExactly(one, otherDestination, otherKind);
    }

    @Test
    void aBatchThatFailsLetsTheNextOneGo() {
        Batch first = open(VIP);
        Batch second = open(VIP);
        send(first);
        send(second);

        delivery.failOldest(new IllegalStateException("no route to host"));

        assertThat(delivery.started).containsExactly(first, second);
    }

    @Test
    void aLaneIsLeftOnlyWhenTheWholeRouteIsDone() throws Exception {
        Delivery afterwards = new Delivery();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:longer").process(lanes).process(delivery).process(afterwards);
            }
        });
        AsyncProducer longer = context.getEndpoint("direct:longer").createAsyncProducer();
        longer.start();
        Batch first = open(VIP);
        Batch second = open(VIP);
        send(longer, first);
        send(longer, second);

        delivery.finishOldest();
        assertThat(delivery.started).containsExactly(first);

        afterwards.finishOldest();
        assertThat(delivery.started).containsExactly(first, second);
        delivery.finishAll();
        afterwards.finishAll();
    }

    @Test
    void noThreadWaitsForALane() {
        Batch first = open(VIP);
        Batch second = open(VIP);
        send(first);
        boolean[] done = {false};

        boolean synchronously = route.process(exchange(second), doneSync -> done[0] = true);

        assertThat(synchronously).isFalse();
        assertThat(done[0]).isFalse();
        delivery.finishOldest();
        delivery.finishOldest();
        assertThat(done[0]).isTrue();
    }

    @Test
    void aLongQueueDoesNotDeepenTheStack() {
        List<Batch> batches = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            batches.add(open(VIP));
        }
        delivery.finishAtOnce = true;
        for (int i = batches.size() - 1; i >= 0; i--) {
            send(batches.get(i));
        }

        assertThat(delivery.started).isEqualTo(batches);
        assertThat(lanes.size()).isZero();
    }

    @Test
    void onlyAudiencesWithABatchAreRemembered() {
        assertThat(lanes.size()).isZero();
        Batch vip = open(VIP);
        Batch vipNext = open(VIP);
        Batch other = open(NEW);
        assertThat(lanes.size()).isEqualTo(2);

        send(other);
        send(vip);
        send(vipNext);
        delivery.finishOldest();
        assertThat(lanes.size()).isEqualTo(1);
        delivery.finishOldest();
        assertThat(lanes.size()).isEqualTo(1);
        delivery.finishOldest();
        assertThat(lanes.size()).isZero();
    }

    /** A batch that is full, so that it takes nothing along. */
    private Batch open(Audience audience) {
        return open(audience, "u1", "u2", "u3");
    }

    private Batch open(Audience audience, String... people) {
        Batch batch = lanes.open(audience);
        for (String person : people) {
            batch.add(change(audience, person, true));
        }
        return batch;
    }

    private MembershipChange change(Audience audience, String person, boolean member) {
        origin.expect();
        return new MembershipChange(audience, "vip", person, member, 0, true, "sync", origin, null);
    }

    private void send(Batch batch) {
        send(route, batch);
    }

    private void send(AsyncProducer producer, Batch batch) {
        producer.process(exchange(batch), doneSync -> {});
    }

    private Exchange exchange(Batch batch) {
        Exchange exchange = new DefaultExchange(context);
        exchange.getMessage().setBody(batch);
        return exchange;
    }

    /** Holds each batch until the test lets it go. */
    private final class Delivery extends AsyncProcessorSupport {

        private record Held(Exchange exchange, AsyncCallback callback) {}

        private final List<Batch> started = new ArrayList<>();
        private final Deque<Held> held = new ArrayDeque<>();
        private boolean finishAtOnce;

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Batch batch = exchange.getMessage().getBody(Batch.class);
            if (batch.size() > 0) {
                lanes.takeAlong(batch);
            }
            started.add(batch);
            if (finishAtOnce) {
                callback.done(true);
                return true;
            }
            held.add(new Held(exchange, callback));
            return false;
        }

        void finishOldest() {
            held.remove().callback().done(false);
        }

        void finishAll() {
            while (!held.isEmpty()) {
                finishOldest();
            }
        }

        void failOldest(Exception cause) {
            Held oldest = held.remove();
            oldest.exchange().setException(cause);
            oldest.callback().done(false);
        }
    }
}
